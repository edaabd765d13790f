// The lines that a child process prints, one after the other, and its end.
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Reads what a process prints. */
export class LineReader {
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>
  readonly #name: string
  readonly #lines: string[] = []
  #waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined
  #failure: Error | undefined

  /** @param explain more to say of an end that nobody expected, such as what the process wrote to its stderr. */
  constructor(child: ChildProcess, name: string, explain: () => string = () => '') {
    this.#name = name
    if (child.stdout === null) throw new TypeError('The standard output of the process must be a pipe.')
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(line))
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#fail(new Error(`${name} cannot be started: ${error.message}`, { cause: error }))
        resolve()
      })
      // Not `exit`: what was printed last comes before `close`.
      child.once('close', (code, signal) => {
        this.#fail(new Error(`${name} ended with ${signal ?? `code ${code}`}.${explain()}`))
        resolve()
      })
    })
  }

  /** The next line. @throws {Error} if the process ends instead. Only one call may wait at a time. */
  next(): Promise<string> {
    const line = this.#lines.shift()
    if (line !== undefined) return Promise.resolve(line)
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#waiting !== undefined) throw new Error(`Somebody already waits for a line of ${this.#name}.`)
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }))
  }

  #take(line: string): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting === undefined) this.#lines.push(line)
    else waiting.resolve(line)
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#waiting?.reject(this.#failure)
    this.#waiting = undefined
  }
}
