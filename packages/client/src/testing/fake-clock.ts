// A clock for tests: time stands still until told to move.
import type { Clock, Timer } from '../clock.ts'

interface FakeTimer {
  readonly dueMs: number
  readonly callback: () => void
}

/** Timers fire in the order of their due times, then of their setting. */
export class FakeClock implements Clock {
  #nowMs = 0
  readonly #timers = new Set<FakeTimer>()

  now(): number {
    return 1_000_000 + this.#nowMs
  }

  monotonic(): number {
    return this.#nowMs
  }

  /** How many timers are set; 0 proves that nothing leaks. */
  get timerCount(): number {
    return this.#timers.size
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), callback }
    this.#timers.add(timer)
    return { cancel: () => void this.#timers.delete(timer) }
  }

  defer(callback: () => void): void {
    queueMicrotask(callback)
  }

  /** Moves time, firing what falls due at its own time; promises settle before, between and after the timers. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms
    await settled()
    for (let timer = this.#next(untilMs); timer; timer = this.#next(untilMs)) {
      this.#timers.delete(timer)
      this.#nowMs = timer.dueMs
      timer.callback()
      await settled()
    }
    this.#nowMs = untilMs
  }

  #next(untilMs: number): FakeTimer | undefined {
    let first: FakeTimer | undefined
    for (const timer of this.#timers) if (!first || timer.dueMs < first.dueMs) first = timer
    return first && first.dueMs <= untilMs ? first : undefined
  }
}

/** One real turn of the event loop empties the queue of promise callbacks, however long the chains in it are. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}
