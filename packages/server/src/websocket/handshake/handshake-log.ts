// What is said about handshakes. Anyone can cause such lines, so their number is limited, and but for a few origins, which
// are quoted and cut, nothing in them was chosen by a client.
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../logger.ts'
import type { HandshakeRejection } from '../protocol/handshake.ts'
import { TokenBucket, type Rate } from '../../util/token-bucket.ts'

/** Refusals are for debugging; a failure of ours is worth a line, but not thousands. */
const REFUSAL_RATE: Rate = { perSecond: 10, burst: 100 }
const FAILURE_RATE: Rate = { perSecond: 1, burst: 20 }

/** Who develops a page wants to see its origin; after that others may make up as many as they like. */
const MAX_ORIGINS = 10
const MAX_ORIGIN_LENGTH = 100

/** A kind of line that may come so often; what was left out is counted in the next one. */
class Allowance {
  readonly #bucket: TokenBucket
  readonly #clock: Clock
  #omitted = 0

  constructor(rate: Rate, clock: Clock) {
    this.#clock = clock
    this.#bucket = new TokenBucket(rate, clock.monotonic())
  }

  use(say: (omitted: { omitted?: number }) => void): void {
    if (!this.#bucket.take(this.#clock.monotonic())) {
      this.#omitted++
      return
    }
    const omitted = this.#omitted
    this.#omitted = 0
    say(omitted === 0 ? {} : { omitted })
  }
}

/** Tells of handshakes that were refused, and of hooks that failed. */
export class HandshakeLog {
  readonly #logger: Logger
  readonly #refusals: Allowance
  readonly #failures: Allowance
  /** The refused origins that were told of. */
  readonly #origins = new Set<string>()

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger
    this.#refusals = new Allowance(REFUSAL_RATE, clock)
    this.#failures = new Allowance(FAILURE_RATE, clock)
  }

  /** At the level debug. */
  refused({ status, reason }: HandshakeRejection, remoteAddress: string | undefined): void {
    this.#refusals.use((omitted) =>
      this.#logger.debug({ status, reason, remoteAddress, ...omitted }, 'a websocket handshake was refused'),
    )
  }

  /** At the level warn, once for each of the first origins: it is the most frequent mistake, and pages are told nothing. */
  refusedOrigin(origin: string): void {
    const shown = JSON.stringify(origin).slice(0, MAX_ORIGIN_LENGTH)
    if (this.#origins.size >= MAX_ORIGINS || this.#origins.has(shown)) return
    this.#origins.add(shown)
    this.#logger.warn(
      { origin: shown },
      'a websocket handshake was refused because of the origin of its page: if it may connect, list it in allowedOrigins',
    )
  }

  /** At the level error: the application or we are at fault. */
  failed(message: string, error?: unknown): void {
    this.#failures.use((omitted) =>
      this.#logger.error({ ...(error !== undefined && { err: error }), ...omitted }, message),
    )
  }
}
