// How much a peer may send in how much time.
import { TokenBucket, type Rate } from '../../util/token-bucket.ts'
import type { WebSocketLimits } from '../websocket-limits.ts'

/** The rates of one connection. All times are of a monotonic clock in milliseconds. */
export class RateGuard {
  readonly #limits: WebSocketLimits
  #messages: TokenBucket | undefined
  #bytes: TokenBucket | undefined
  #controlFrames: TokenBucket | undefined

  constructor(limits: WebSocketLimits) {
    this.#limits = limits
  }

  /** Counts bytes as they arrive; false if they are too many. */
  takeBytes(count: number, nowMs: number): boolean {
    const rate = this.#limits.byteRate
    return isUnlimited(rate) || (this.#bytes ??= new TokenBucket(rate, nowMs)).take(nowMs, count)
  }

  takeMessages(count: number, nowMs: number): boolean {
    const rate = this.#limits.messageRate
    return isUnlimited(rate) || (this.#messages ??= new TokenBucket(rate, nowMs)).take(nowMs, count)
  }

  takeControlFrame(nowMs: number): boolean {
    const rate = this.#limits.controlFrameRate
    return isUnlimited(rate) || (this.#controlFrames ??= new TokenBucket(rate, nowMs)).take(nowMs)
  }
}

function isUnlimited({ perSecond }: Rate): boolean {
  return perSecond === Infinity
}
