// A server under test: a process of its own, pinned to a core of its own.
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { LineReader } from './line-reader.ts'

const CORE = 0
const KIB = 1024
const START_MS = 20_000
const ANSWER_MS = 60_000
const END_MS = 3_000
const MAX_KEPT_CHARACTERS = 8_192

/**
 * The program of a server under test. It prints one line `{"port":N,"pid":N}` when it listens; on SIGUSR2 it collects all garbage
 * twice and prints `{"gc":true}`, with more about itself if it likes; at SIGTERM it ends.
 */
export interface Subject {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** How long events waited until the event loop got to them. */
export interface LoopDelay {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** What a subject answers to SIGUSR2. */
export interface Collected {
  readonly gc: true
  /** Since the SIGUSR2 before, if the subject was started with `--loop-delay`. */
  readonly loopDelay?: LoopDelay
}

/** A subject that listens. */
export class RunningSubject implements AsyncDisposable {
  readonly name: string
  readonly port: number
  readonly pid: number
  readonly #child: ChildProcess
  readonly #lines: LineReader
  readonly #kill: () => void

  private constructor(name: string, child: ChildProcess, lines: LineReader, kill: () => void, line: string) {
    const { port, pid } = JSON.parse(line) as { readonly port: number; readonly pid: number }
    this.name = name
    this.port = port
    this.pid = pid
    this.#child = child
    this.#lines = lines
    this.#kill = kill
  }

  /** @throws {Error} with what it wrote to its stderr if it ends before it listens, or does not listen within 20 s. */
  static async start({ name, command, args, env }: Subject): Promise<RunningSubject> {
    const pinned = availableParallelism() > 1 ? ['taskset', '-c', String(CORE)] : []
    const [program = command, ...rest] = [...pinned, command, ...args]
    const child = spawn(program, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production', ...env },
    })
    const kill = (): void => void child.kill('SIGKILL')
    process.once('exit', kill)
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-MAX_KEPT_CHARACTERS)
    })
    const lines = new LineReader(child, name, () => (stderr === '' ? '' : ` It wrote:\n${stderr.trim()}`))
    try {
      return new RunningSubject(
        name,
        child,
        lines,
        kill,
        await within(START_MS, lines, `${name} does not listen`),
      )
    } catch (error) {
      kill()
      process.off('exit', kill)
      throw error
    }
  }

  /** Lets it collect its garbage. @throws {Error} if it does not say within a minute that it has. */
  async collectGarbage(): Promise<Collected> {
    process.kill(this.pid, 'SIGUSR2')
    const line = await within(ANSWER_MS, this.#lines, `${this.name} does not answer SIGUSR2`)
    return JSON.parse(line) as Collected
  }

  /** What it has in memory of its own after a full garbage collection; what the kernel keeps for its sockets is not in it. */
  async residentBytes(): Promise<number> {
    await this.collectGarbage()
    const rollup = readFileSync(`/proc/${this.pid}/smaps_rollup`, 'utf8')
    const resident = /^Rss:\s+(\d+) kB/m.exec(rollup)?.[1]
    if (resident === undefined) throw new Error(`The system does not tell how much memory ${this.name} has.`)
    return Number(resident) * KIB
  }

  /** Ends it, if need be by force. */
  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#kill)
    this.#child.kill('SIGTERM')
    const timer = setTimeout(this.#kill, END_MS)
    await this.#lines.ended
    clearTimeout(timer)
  }
}

/** The next line, unless it takes too long. */
async function within(ms: number, lines: LineReader, complaint: string): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${complaint} within ${ms / 1000} s.`)), ms)
  })
  try {
    return await Promise.race([lines.next(), late])
  } finally {
    clearTimeout(timer)
  }
}
