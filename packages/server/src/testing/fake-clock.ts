// A clock for tests: time stands still until told to move, and equal runs give equal orders.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock, Timer } from '../clock.ts'

interface FakeTimer {
  readonly dueMs: number
  readonly sequence: number
  readonly callback: () => void
}

/** Keeps the promises of `Clock`: timers in the order of their due times, then of their setting; deferred first. */
export class FakeClock implements Clock {
  readonly #epochMs: number
  #elapsedMs = 0
  #sequence = 0
  /** Sorted by due time, then by sequence. */
  readonly #timers: FakeTimer[] = []
  #deferred: (() => void)[] = []

  /** Starts at the wall time `epochMs`. @default 0 */
  constructor(epochMs = 0) {
    this.#epochMs = epochMs
  }

  now(): number {
    return this.#epochMs + this.#elapsedMs
  }

  monotonic(): number {
    return this.#elapsedMs
  }

  /** How many timers are set and have neither fired nor been cancelled; 0 proves that nothing leaks. */
  get timerCount(): number {
    return this.#timers.length
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const dueMs = this.#elapsedMs + Math.max(0, delayMs)
    const timer: FakeTimer = { dueMs, sequence: this.#sequence++, callback }
    this.#timers.splice(this.#indexOf(timer), 0, timer)
    return {
      cancel: () => {
        const index = this.#indexOf(timer)
        if (this.#timers[index] === timer) this.#timers.splice(index, 1)
      },
    }
  }

  defer(callback: () => void): void {
    this.#deferred.push(callback)
  }

  /** Ends the turn: runs the deferred callbacks, also those that they defer, without moving time. */
  flush(): void {
    while (this.#deferred.length > 0) {
      const batch = this.#deferred
      this.#deferred = []
      for (const callback of batch) callback()
    }
  }

  /** Moves time by `ms`, firing what falls due on the way at its own time, each with a flush after it. */
  advance(ms: number): void {
    const untilMs = this.#elapsedMs + ms
    this.flush()
    while (this.#fireNext(untilMs)) this.flush()
    this.#elapsedMs = untilMs
  }

  /** Lets promise callbacks and deferred callbacks run until none is left, without moving time. */
  async settle(): Promise<void> {
    do {
      this.flush()
      // One real turn of the event loop empties the microtask queue, however long the chains in it are.
      await nextTurn()
    } while (this.#deferred.length > 0)
  }

  /** As `advance`, for code that awaits: promises settle before, between and after the timers. */
  async advanceAsync(ms: number): Promise<void> {
    const untilMs = this.#elapsedMs + ms
    await this.settle()
    while (this.#fireNext(untilMs)) await this.settle()
    this.#elapsedMs = untilMs
  }

  #fireNext(untilMs: number): boolean {
    const timer = this.#timers[0]
    if (timer === undefined || timer.dueMs > untilMs) return false
    this.#timers.shift()
    // A timer that was set with no delay inside a callback is due now, never in the past.
    this.#elapsedMs = timer.dueMs
    timer.callback()
    return true
  }

  /** Where `timer` is in the order, or belongs. */
  #indexOf(timer: FakeTimer): number {
    let low = 0
    let high = this.#timers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#timers[middle]
      if (other === undefined) break
      const isBefore =
        other.dueMs < timer.dueMs || (other.dueMs === timer.dueMs && other.sequence < timer.sequence)
      if (isBefore) low = middle + 1
      else high = middle
    }
    return low
  }
}
