// One rate for each of many, such as users.
import { Generations } from './generations.ts'
import { TokenBucket, type Rate } from './token-bucket.ts'

/** So many are remembered; whoever was forgotten begins with a full bucket. */
const MAX_ENTRIES = 20_000

/** Buckets by name, made when they are first needed. */
export class RateTable {
  readonly #rate: Rate
  readonly #isUnlimited: boolean
  readonly #buckets = new Generations<TokenBucket>(MAX_ENTRIES)

  constructor(rate: Rate) {
    this.#rate = rate
    this.#isUnlimited = rate.burst === Infinity
  }

  /** Takes `cost` tokens. Returns 0 if there were so many, or else after how many milliseconds there will be; `now` is monotonic. */
  take(name: string, now: number, cost = 1): number {
    if (this.#isUnlimited) return 0
    let bucket = this.#buckets.get(name)
    if (bucket === undefined) this.#buckets.set(name, (bucket = new TokenBucket(this.#rate, now)))
    return bucket.take(now, cost) ? 0 : bucket.waitMs(cost)
  }
}
