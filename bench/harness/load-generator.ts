// The load generator as the bench sees it: a program in C, pinned to a core of its own, that is told what to do line by line.
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { openCommand, writeCommand, type CommandFields, type OpenOptions } from './commands.ts'
import { Group } from './group.ts'
import { LineReader } from './line-reader.ts'

export { Group } from './group.ts'
export type { OpenOptions } from './commands.ts'
export type * from './window.ts'

const CORE = 1
const PATIENCE_AT_END_MS = 2_000

/** What the program could not do, in its words. */
export class LoadGeneratorError extends Error {
  override readonly name = 'LoadGeneratorError'
}

/** A running load generator. It can hold the connections of several groups, and runs one command at a time. */
export class LoadGenerator implements AsyncDisposable {
  readonly #child
  readonly #lines: LineReader
  readonly #kill = (): void => void this.#child.kill('SIGKILL')
  #previous: Promise<unknown> = Promise.resolve()
  #groups = 0

  private constructor(program: string) {
    const [command = program, ...args] =
      availableParallelism() > CORE ? ['taskset', '-c', String(CORE), program] : [program]
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = new LineReader(this.#child, 'The load generator')
    // What is written to a program that has ended fails; its end is reported where its answer is awaited.
    this.#child.stdin.on('error', () => {})
    process.once('exit', this.#kill)
  }

  /** Starts the program that `buildLoadGenerator` made. @throws {Error} if it does not start. */
  static async start(program: string): Promise<LoadGenerator> {
    const generator = new LoadGenerator(program)
    await generator.command('hello', [])
    return generator
  }

  /**
   * Opens connections, each as far as the end of its hello.
   *
   * @throws {LoadGeneratorError} with the server's answer if one of them does not get there; none is open then.
   */
  async open(options: OpenOptions): Promise<Group> {
    const id = ++this.#groups
    const { seconds } = await this.command<{ readonly seconds: number }>('open', openCommand(id, options))
    return new Group(this, { id, seconds })
  }

  /** Sends one command when those before it are answered. @throws {LoadGeneratorError} if it fails. */
  command<T>(name: string, fields: CommandFields): Promise<T> {
    const answer = this.#previous.then(async () => {
      this.#child.stdin.write(writeCommand(name, fields))
      const line = JSON.parse(await this.#lines.next()) as { ok: boolean; error?: string }
      if (!line.ok) throw new LoadGeneratorError(line.error ?? 'It did not say why.')
      return line as T
    })
    this.#previous = answer.catch(() => {})
    return answer
  }

  /** Closes all connections and ends the program. */
  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#kill)
    this.#child.stdin.end()
    const timer = setTimeout(this.#kill, PATIENCE_AT_END_MS)
    await this.#lines.ended
    clearTimeout(timer)
  }
}
