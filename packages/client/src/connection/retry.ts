// When to try again what failed.
import type { RoomcastError } from '@roomcast/protocol/wire'
import { Alarm, type Clock } from '../clock.ts'
import { randomFraction, type Random } from '../random.ts'

/** The bounds of the wait between attempts. */
export interface Backoff {
  /** The longest wait after the first failure, in milliseconds. It doubles with each further failure. */
  readonly minMs: number
  /** The longest wait of all, in milliseconds. */
  readonly maxMs: number
}

/** What retries need. */
export interface RetryContext {
  readonly clock: Clock
  readonly random: Random
  readonly backoff: Backoff
}

/**
 * The retries of one thing, further and further apart.
 *
 * Full jitter: a wait is anywhere from 0 to a bound that doubles. A fixed or half-random wait would keep clients that
 * lost their server together in step, and they would come back as one wave.
 */
export class Retry {
  readonly #context: RetryContext
  readonly #alarm: Alarm
  #failures = 0

  constructor(context: RetryContext) {
    this.#context = context
    this.#alarm = new Alarm(context.clock)
  }

  /** How often in a row it failed. */
  get failures(): number {
    return this.#failures
  }

  /** Acts later, and not before the server has said that it may. Returns how much later, in milliseconds. */
  after({ retryAfterMs = 0 }: RoomcastError, act: () => void, backoff = this.#context.backoff): number {
    const boundMs = Math.min(backoff.maxMs, backoff.minMs * 2 ** this.#failures++)
    const delayMs = Math.max(retryAfterMs, boundMs * randomFraction(this.#context.random))
    this.#alarm.set(delayMs, act)
    return delayMs
  }

  cancel(): void {
    this.#alarm.cancel()
  }

  /** It worked: the next failure is the first again. */
  reset(): void {
    this.cancel()
    this.#failures = 0
  }
}
