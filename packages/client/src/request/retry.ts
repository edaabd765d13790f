// When to ask again for what the server could not do.
import type { RoomcastError } from '@roomcast/protocol/wire'
import { Alarm, type Clock } from '../clock.ts'
import { backoffDelayMs, type Backoff } from '../connection/backoff.ts'
import type { Random } from '../random.ts'

/** What retries need. */
export interface RetryContext {
  readonly clock: Clock
  readonly random: Random
  readonly backoff: Backoff
}

/** The retries of one request, further and further apart. */
export class Retry {
  readonly #context: RetryContext
  readonly #alarm: Alarm
  #failures = 0

  constructor(context: RetryContext) {
    this.#context = context
    this.#alarm = new Alarm(context.clock)
  }

  /** Acts later, and not before the server has said that it may. */
  after({ retryAfterMs = 0 }: RoomcastError, act: () => void): void {
    const { backoff, random } = this.#context
    this.#alarm.set(Math.max(retryAfterMs, backoffDelayMs(backoff, this.#failures++, random)), act)
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
