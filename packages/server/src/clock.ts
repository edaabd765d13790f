// Time as an injected effect, so that every timer of the server can be driven by a fake clock.

/** A pending timer. */
export interface Timer {
  /** Cancels the timer. Safe to call at any time, also after it fired. */
  cancel(): void
}

/**
 * The only source of time in the server.
 *
 * Guarantees: timers that fall due together fire in the order in which they were set, and `defer`red callbacks
 * run before any timer, after all pending promise callbacks.
 */
export interface Clock {
  /** Wall time in epoch milliseconds. For stamps shown to people, never for measuring a duration. */
  now(): number
  /** A time in milliseconds that never goes back. For durations and deadlines. */
  monotonic(): number
  /** Calls back once after `delayMs` milliseconds. A timer never keeps the process alive. */
  setTimer(callback: () => void, delayMs: number): Timer
  /** Calls back once at the end of the current turn of the event loop, when its I/O has been handled. */
  defer(callback: () => void): void
}

/** Node clamps longer delays to 1 ms, so longer timers are set in steps. */
const MAX_DELAY_MS = 2 ** 31 - 1

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  defer: (callback) => void setImmediate(callback),
  setTimer(callback, delayMs) {
    let handle: NodeJS.Timeout
    const arm = (remainingMs: number): void => {
      const stepMs = Math.min(remainingMs, MAX_DELAY_MS)
      handle = setTimeout(() => {
        if (remainingMs > stepMs) arm(remainingMs - stepMs)
        else callback()
      }, stepMs)
      handle.unref()
    }
    arm(delayMs)
    return { cancel: () => clearTimeout(handle) }
  },
}
