// How an instance takes leave of its clients.
import { assertDuration } from './util/assert-duration.ts'
import { checkNames } from './util/check-names.ts'

/** How clients are sent away without a stampede when they come back. All in milliseconds. */
export interface DrainOptions {
  /**
   * Over how long the closing is spread; each client has a random moment of it.
   * @default 10_000
   */
  readonly windowMs?: number
  /**
   * Within how long after its connection was closed a client connects again, at a random moment. Short, since the closing is
   * spread already; long if `windowMs` is short because the process has no time.
   * @default 1_000
   */
  readonly reconnectWindowMs?: number
  /**
   * When whoever is left is sent away at once, from the start.
   * @default the window and the close timeout of the connections
   */
  readonly deadlineMs?: number
}

const NAMES = ['windowMs', 'reconnectWindowMs', 'deadlineMs'] as const

/** Fills in the defaults. @throws {TypeError} if an option makes no sense. */
export function resolveDrain(options: DrainOptions, closeTimeoutMs: number): Required<DrainOptions> {
  checkNames('drain', options, NAMES)
  const { windowMs = 10_000, reconnectWindowMs = 1_000 } = options
  const resolved = {
    windowMs,
    reconnectWindowMs,
    deadlineMs: options.deadlineMs ?? windowMs + closeTimeoutMs,
  }
  for (const name of NAMES) assertDuration('drain', name, resolved[name])
  return resolved
}
