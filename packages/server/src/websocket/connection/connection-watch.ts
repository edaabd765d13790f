// What the heartbeat does with a connection: pings it, and acts on deadlines that have passed.
import type { ConnectionDeadlines, Overdue } from './connection-deadlines.ts'
import type { Watched } from './heartbeat.ts'

export interface ConnectionWatchOptions {
  readonly deadlines: ConnectionDeadlines
  /** Whether we have stopped reading, so that nothing can arrive. */
  readonly isReadingPaused: () => boolean
  readonly ping: () => void
  /** Acts on a deadline that has passed. */
  readonly onOverdue: (overdue: Overdue, nowMs: number) => void
}

export class ConnectionWatch implements Watched {
  readonly #options: ConnectionWatchOptions

  constructor(options: ConnectionWatchOptions) {
    this.#options = options
  }

  sweep(nowMs: number): boolean {
    const { deadlines, isReadingPaused, ping } = this.#options
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
