// Time as an injected effect, so that every timer of the client can be driven by a fake clock.

/** A pending timer. */
export interface Timer {
  /** Cancels the timer. Safe to call at any time, also after it fired. */
  cancel(): void
}

/** The only source of time in the client; the same shape as the server's. */
export interface Clock {
  /** Wall time in epoch milliseconds. For stamps shown to people, never for measuring a duration. */
  now(): number
  /** A time in milliseconds that never goes back. For durations and deadlines. */
  monotonic(): number
  /** Calls back once after `delayMs` milliseconds. */
  setTimer(callback: () => void, delayMs: number): Timer
  /** Calls back once at the end of the current turn of the event loop. */
  defer(callback: () => void): void
}

/** Hosts take a longer delay, also `Infinity`, for no delay at all. */
const MAX_DELAY_MS = 2 ** 31 - 1

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(callback, delayMs) {
    const handle = setTimeout(callback, Math.min(delayMs, MAX_DELAY_MS))
    return { cancel: () => clearTimeout(handle) }
  },
  defer: (callback) => void setTimeout(callback),
}

/** A timer that can be set again and again; only the last setting counts. */
export class Alarm {
  readonly #clock: Clock
  #timer: Timer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isSet(): boolean {
    return this.#timer !== undefined
  }

  set(delayMs: number, callback: () => void): void {
    this.cancel()
    this.#timer = this.#clock.setTimer(() => {
      this.#timer = undefined
      callback()
    }, delayMs)
  }

  cancel(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }
}
