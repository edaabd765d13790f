// How many pings and pongs a peer may send: each costs more than the six bytes that it has.

const WINDOW_MS = 1000

/** Counts control frames in windows of one second. */
export class ControlFrameBudget {
  readonly #maxPerSecond: number
  #windowStartMs = -Infinity
  #count = 0

  constructor(maxPerSecond: number) {
    this.#maxPerSecond = maxPerSecond
  }

  /** Counts one more at the monotonic time `nowMs`; false if it is one too many. */
  take(nowMs: number): boolean {
    if (nowMs - this.#windowStartMs >= WINDOW_MS) {
      this.#windowStartMs = nowMs
      this.#count = 0
    }
    return ++this.#count <= this.#maxPerSecond
  }
}
