// A rate limit as a bucket of tokens. Pure: time is an argument.

/** How fast a bucket refills and how much it holds. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** Starts full. */
export class TokenBucket {
  readonly #rate: Rate
  #tokens: number
  #updatedAt: number

  /** `now` is a monotonic time in milliseconds. */
  constructor(rate: Rate, now: number) {
    this.#rate = rate
    this.#tokens = rate.burst
    this.#updatedAt = now
  }

  /** Takes `cost` tokens if there are so many; a cost beyond the burst takes a full bucket. */
  take(now: number, cost = 1): boolean {
    const { perSecond, burst } = this.#rate
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#updatedAt) / 1000) * perSecond)
    this.#updatedAt = now
    const due = this.#due(cost)
    if (this.#tokens < due) return false
    this.#tokens -= due
    return true
  }

  /** For how long from the last `take` on there will not be enough, in whole milliseconds. */
  waitMs(cost = 1): number {
    const missing = this.#due(cost) - this.#tokens
    // What fractions of tokens do not add up to is no reason to wait a millisecond more.
    return missing <= 0 ? 0 : Math.max(1, Math.ceil((missing / this.#rate.perSecond) * 1000 - 1e-6))
  }

  #due(cost: number): number {
    return Math.min(cost, Math.max(1, this.#rate.burst))
  }
}
