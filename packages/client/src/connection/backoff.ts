// How long to wait before the next attempt.
import { randomFraction, type Random } from '../random.ts'

/** The bounds of the wait between attempts. */
export interface Backoff {
  /** The longest wait after the first failure, in milliseconds. It doubles with each further failure. */
  readonly minMs: number
  /** The longest wait of all, in milliseconds. */
  readonly maxMs: number
}

/**
 * Full jitter: anywhere from 0 to a bound that doubles. A fixed or half-random wait would keep clients that lost their
 * server together in step, and they would come back as one wave.
 *
 * @param failures how many attempts failed before, counting from 0
 */
export function backoffDelayMs({ minMs, maxMs }: Backoff, failures: number, random: Random): number {
  return randomFraction(random) * Math.min(maxMs, minMs * 2 ** failures)
}
