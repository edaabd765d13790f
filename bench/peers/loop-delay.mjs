// How long an event that arrives at a random moment waits until the event loop gets to it. Unlike the percentiles of perf_hooks'
// monitorEventLoopDelay, which count a blocked second as one sample of many, these are weighted by time.

const INTERVAL_MS = 1

/** Measures from its construction, and from each {@link LoopDelay.take}, on. */
export class LoopDelay {
  #gaps = []
  #last = performance.now()
  #timer = setInterval(() => this.#note(), INTERVAL_MS)

  constructor() {
    this.#timer.unref()
  }

  /** Percentiles of the wait since the last call, in milliseconds, with the timer's own interval left out. */
  take() {
    this.#note()
    const gaps = this.#gaps
    this.#gaps = []
    const delays = gaps.map((gap) => Math.max(0, gap - INTERVAL_MS)).sort((a, b) => b - a)
    const totalMs = gaps.reduce((sum, gap) => sum + gap, 0)
    return {
      p50Ms: waitAt(delays, totalMs * 0.5),
      p99Ms: waitAt(delays, totalMs * 0.01),
      maxMs: delays[0] ?? 0,
    }
  }

  #note() {
    const now = performance.now()
    this.#gaps.push(now - this.#last)
    this.#last = now
  }
}

/**
 * The wait that is exceeded for `exceededMs` of the time. Who arrives within a delay of d waits for what is left of it, so the
 * time in which the wait is longer than t is the sum of d − t over all delays d > t.
 *
 * @param {readonly number[]} delays The longest first.
 * @param {number} exceededMs
 */
export function waitAt(delays, exceededMs) {
  let sum = 0
  for (const [index, delay] of delays.entries()) {
    // With t between this delay and the next one, index + 1 delays are longer than t.
    sum += delay
    const wait = (sum - exceededMs) / (index + 1)
    if (wait >= (delays[index + 1] ?? 0)) return Math.max(0, wait)
  }
  return 0
}
