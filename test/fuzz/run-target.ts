// Runs one target for a while and keeps the books: how much, how deep, how slow, how much memory, and what went wrong.
import { SeededRandom } from '../simulation/random.ts'
import { leastCpuMs, measureMemory, type Memory } from './meter.ts'
import { Violation, type Depth, type FuzzTarget } from './target.ts'

/** An input that something is wrong with. */
export interface Finding {
  readonly target: string
  readonly kind: 'crash' | 'slow'
  readonly seed: number
  readonly input: Uint8Array
  readonly message: string
}

export interface RunOptions {
  readonly seed: number
  readonly durationMs: number
  /** Called with each finding at once, while the run goes on. */
  readonly onFinding?: (finding: Finding) => void
}

export interface TargetReport {
  readonly name: string
  readonly executions: number
  readonly inputBytes: number
  readonly durationMs: number
  readonly depths: ReadonlyMap<Depth, number>
  /** The processor time of the slowest input; 0 if none was worth measuring. */
  readonly slowestMs: number
  readonly findings: readonly Finding[]
  readonly memory: { readonly start: Memory; readonly warm: Memory; readonly end: Memory }
  readonly isMemoryFlat: boolean
  readonly notes: readonly string[]
}

/** No input may keep a thread busy for longer. */
export const SLOW_MS = 50
/** Faster executions are not measured again. */
const WORTH_MEASURING_MS = 2
const HANG_MS = 10_000
const MAX_FINDINGS = 5
/** The part of a run after which caches are full and code is compiled. */
const WARM_UP_SHARE = 0.25
/** What a run may hold more at its end than after its warm-up. A leak of 100 bytes per execution is far beyond. */
const HELD_TOLERANCE_BYTES = 6 * 1024 * 1024
/** The allocator keeps pages that are free; a leak shows above before it shows here. */
const RSS_TOLERANCE_BYTES = 128 * 1024 * 1024

/** Runs a target. Never rejects because of what it finds. */
export async function runTarget(target: FuzzTarget, options: RunOptions): Promise<TargetReport> {
  return new Run(target, options).run()
}

class Run {
  readonly #target: FuzzTarget
  readonly #options: RunOptions
  readonly #random: SeededRandom
  readonly #depths = new Map<Depth, number>()
  readonly #findings: Finding[] = []
  #executions = 0
  #inputBytes = 0
  #slowestMs = 0
  /** What is running, for errors that nobody awaits. */
  #current: Uint8Array = new Uint8Array(0)

  constructor(target: FuzzTarget, options: RunOptions) {
    this.#target = target
    this.#options = options
    this.#random = new SeededRandom(options.seed)
  }

  async run(): Promise<TargetReport> {
    const stray = (error: unknown): void =>
      this.#note('crash', this.#current, `outside of any call: ${textOf(error)}`)
    process.on('uncaughtException', stray).on('unhandledRejection', stray)
    const { durationMs } = this.#options
    const start = measureMemory()
    const startedAt = performance.now()
    await this.#runUntil(startedAt + durationMs * WARM_UP_SHARE)
    const warm = measureMemory()
    await this.#runUntil(startedAt + durationMs)
    const runMs = performance.now() - startedAt
    const end = measureMemory()
    process.off('uncaughtException', stray).off('unhandledRejection', stray)
    return {
      name: this.#target.name,
      executions: this.#executions,
      inputBytes: this.#inputBytes,
      durationMs: runMs,
      depths: this.#depths,
      slowestMs: this.#slowestMs,
      findings: this.#findings,
      memory: { start, warm, end },
      isMemoryFlat:
        end.heldBytes - warm.heldBytes <= HELD_TOLERANCE_BYTES &&
        end.rssBytes - warm.rssBytes <= RSS_TOLERANCE_BYTES,
      notes: this.#target.notes?.() ?? [],
    }
  }

  async #runUntil(endsAt: number): Promise<void> {
    const { concurrency = 1 } = this.#target
    while (performance.now() < endsAt && this.#findings.length < MAX_FINDINGS) {
      if (concurrency === 1) await this.#runSome(endsAt)
      else await Promise.all(Array.from({ length: concurrency }, () => this.#runOne()))
      // What a target left for the next turn happens in it, and signals are heard.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** One after the other, for a quarter of a second at most. */
  async #runSome(endsAt: number): Promise<void> {
    const pauseAt = Math.min(endsAt, performance.now() + 250)
    while (performance.now() < pauseAt && this.#findings.length < MAX_FINDINGS) await this.#runTimed()
  }

  async #runTimed(): Promise<void> {
    const input = this.#next()
    const startedAt = performance.now()
    await this.#execute(input)
    const wallMs = performance.now() - startedAt
    // Processor time is never more than that, so only what might be the slowest is measured for itself.
    if (wallMs < WORTH_MEASURING_MS || wallMs < this.#slowestMs) return
    const cpuMs = await leastCpuMs(() => this.#replay(input), SLOW_MS)
    this.#slowestMs = Math.max(this.#slowestMs, cpuMs)
    if (cpuMs > SLOW_MS) this.#note('slow', input, `${cpuMs.toFixed(1)} ms of thread CPU time`)
  }

  async #runOne(): Promise<void> {
    await this.#execute(this.#next())
  }

  #next(): Uint8Array {
    const input = this.#target.generate(this.#random)
    this.#executions++
    this.#inputBytes += input.length
    this.#current = input
    return input
  }

  async #execute(input: Uint8Array): Promise<void> {
    try {
      const result = this.#target.execute(input)
      const depths = result instanceof Promise ? await withDeadline(result) : result
      for (const depth of depths) this.#depths.set(depth, (this.#depths.get(depth) ?? 0) + 1)
    } catch (error) {
      this.#note('crash', input, textOf(error))
    }
  }

  async #replay(input: Uint8Array): Promise<void> {
    try {
      await this.#target.execute(input)
    } catch {
      // It was noted the first time.
    }
  }

  #note(kind: Finding['kind'], input: Uint8Array, message: string): void {
    const finding: Finding = { target: this.#target.name, kind, seed: this.#options.seed, input, message }
    this.#findings.push(finding)
    this.#options.onFinding?.(finding)
  }
}

async function withDeadline<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Violation(`no end after ${HANG_MS} ms`)), HANG_MS)
  })
  try {
    return await Promise.race([promise, hang])
  } finally {
    clearTimeout(timer)
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error instanceof Violation ? error.message : (error.stack ?? error.message)
}
