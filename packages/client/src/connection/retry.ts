// When to try again what failed.
import type { RoomcastError } from '@roomcast/protocol/wire'
import { Alarm, type Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import { backoffDelayMs, type Backoff } from './backoff.ts'

/** What retries need. */
export interface RetryContext {
  readonly clock: Clock
  readonly random: Random
  readonly backoff: Backoff
}

/** The retries of one thing, further and further apart. */
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
    const jitterMs = backoffDelayMs(backoff, this.#failures++, this.#context.random)
    const delayMs = Math.max(jitterMs, retryAfterMs)
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
