// Bounds what zlib may take of a process: how long it holds the event loop up in one turn, and how many threads.
import { systemClock, type Clock } from '../../clock.ts'
import { Fifo } from '../../util/fifo.ts'

export interface ZlibPoolOptions {
  /** @default the machine's clock */
  readonly clock?: Clock
  /**
   * How many jobs may run in threads at once. They are Node's, of which there are four unless UV_THREADPOOL_SIZE says
   * otherwise, and reading files and looking up names need them too.
   * @default 3
   */
  readonly maxThreads?: number
  /**
   * How long in milliseconds short jobs may hold the event loop up in one turn. Those that remain run in the next turns,
   * so that a flood of messages that inflate well leaves room for everything else.
   * @default 5
   */
  readonly maxMsPerTurn?: number
}

/** First come, first served. A connection has one job per direction at a time, so none can push the others aside. */
export class ZlibPool {
  readonly #clock: Clock
  readonly #maxThreads: number
  readonly #maxMsPerTurn: number
  /** Short jobs that wait for the next turn. */
  readonly #deferred = new Fifo<() => void>()
  /** Long jobs that wait for a thread. */
  readonly #queued = new Fifo<() => void>()
  #threads = 0
  #spentMs = 0
  #isTurnWatched = false

  constructor({ clock = systemClock, maxThreads = 3, maxMsPerTurn = 5 }: ZlibPoolOptions = {}) {
    this.#clock = clock
    this.#maxThreads = maxThreads
    this.#maxMsPerTurn = maxMsPerTurn
  }

  /** How many jobs run in threads. */
  get threads(): number {
    return this.#threads
  }

  /** How many jobs wait, short or long. */
  get waiting(): number {
    return this.#deferred.length + this.#queued.length
  }

  /** Runs a short job here and now, or in one of the next turns if this one had its share. The job must not throw. */
  runHere<T>(job: () => T): T | Promise<T> {
    // Jobs wait only where the share is used up, so nobody overtakes them.
    if (this.#spentMs < this.#maxMsPerTurn) return this.#measure(job)
    return new Promise((resolve) => this.#deferred.add(() => resolve(this.#measure(job))))
  }

  /** Runs a long job, which works in a thread, as soon as there is one. The job must not reject. */
  async runInThread<T>(job: () => Promise<T>): Promise<T> {
    if (this.#threads < this.#maxThreads) this.#threads++
    // Whoever ends hands over its thread, so that nobody who comes in between can take it.
    else await new Promise<void>((resolve) => this.#queued.add(resolve))
    try {
      return await job()
    } finally {
      const next = this.#queued.take()
      if (next === undefined) this.#threads--
      else next()
    }
  }

  #measure<T>(job: () => T): T {
    const startedAt = this.#clock.monotonic()
    const result = job()
    this.#spentMs += this.#clock.monotonic() - startedAt
    this.#watchTurn()
    return result
  }

  #watchTurn(): void {
    if (this.#isTurnWatched) return
    this.#isTurnWatched = true
    this.#clock.defer(() => this.#beginTurn())
  }

  #beginTurn(): void {
    this.#isTurnWatched = false
    this.#spentMs = 0
    while (this.#spentMs < this.#maxMsPerTurn) {
      const job = this.#deferred.take()
      if (job === undefined) return
      job()
    }
    this.#watchTurn()
  }
}
