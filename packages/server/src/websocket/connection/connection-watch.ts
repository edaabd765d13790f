// What the heartbeat does with a connection: pings it, and acts on deadlines that have passed.
import type { Logger } from '../../logger.ts'
import type { ConnectionDeadlines, Overdue } from './connection-deadlines.ts'
import type { Watched } from './heartbeat.ts'

export interface ConnectionWatchOptions {
  readonly deadlines: ConnectionDeadlines
  /** Whether we have stopped reading, so that nothing can arrive. */
  readonly isReadingPaused: () => boolean
  readonly ping: () => void
  /** Whether messages wait that nobody will ever take. */
  readonly isForgotten: () => boolean
  readonly logger: Logger
  /** Acts on a deadline that has passed. */
  readonly onOverdue: (overdue: Overdue, nowMs: number) => void
}

export class ConnectionWatch implements Watched {
  readonly #options: ConnectionWatchOptions

  constructor(options: ConnectionWatchOptions) {
    this.#options = options
  }

  sweep(nowMs: number): boolean {
    const { deadlines, isReadingPaused, isForgotten, ping, logger } = this.#options
    if (isForgotten()) warnOfForgotten(logger)
    if (isReadingPaused()) deadlines.notReading(nowMs)
    if (deadlines.needsPing(nowMs)) ping()
    return deadlines.overdue(nowMs) !== undefined
  }

  expire(nowMs: number): void {
    const { deadlines, onOverdue } = this.#options
    const overdue = deadlines.overdue(nowMs)
    if (overdue !== undefined) onOverdue(overdue, nowMs)
  }
}

const warned = new WeakSet<Logger>()

/** Silence would leave one searching on the wire. One line will do. */
function warnOfForgotten(logger: Logger): void {
  if (warned.has(logger)) return
  warned.add(logger)
  logger.warn(
    {},
    'a websocket has no handlers and its messages wait: call setHandlers, or read it with messagesOf or toStreams',
  )
}
