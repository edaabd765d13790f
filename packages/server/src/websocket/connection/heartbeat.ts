// One timer for the deadlines of all connections of a server, however many there are.
import type { Clock, Timer } from '../../clock.ts'
import type { WebSocketLimits } from '../websocket-limits.ts'

/** What the heartbeat looks after. */
export interface Watched {
  /** Does what is due, such as a ping. True if a deadline has passed. */
  sweep(nowMs: number): boolean
  /** Acts on the deadlines that have still passed. */
  expire(nowMs: number): void
}

export interface HeartbeatOptions {
  readonly clock: Clock
  readonly limits: Pick<WebSocketLimits, 'sweepIntervalMs'>
}

/**
 * Visits all connections once in every interval, so a deadline is noticed at most one interval late.
 *
 * When a stalled event loop runs again, its timers fire before it reads what has long arrived. So a passed deadline
 * is only acted on one poll phase later, and one pause does not disconnect everybody.
 */
export class Heartbeat {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #watched = new Set<Watched>()
  #timer: Timer | undefined

  constructor({ clock, limits }: HeartbeatOptions) {
    this.#clock = clock
    this.#intervalMs = limits.sweepIntervalMs
  }

  add(connection: Watched): void {
    this.#watched.add(connection)
    if (this.#timer === undefined) this.#arm()
  }

  /** Forgets a connection; with the last one the timer goes too. */
  delete(connection: Watched): void {
    this.#watched.delete(connection)
    if (this.#watched.size === 0) this.stop()
  }

  /** Forgets all connections. */
  stop(): void {
    this.#watched.clear()
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #arm(): void {
    this.#timer = this.#clock.setTimer(() => {
      this.#arm()
      this.#sweep()
    }, this.#intervalMs)
  }

  #sweep(): void {
    const nowMs = this.#clock.monotonic()
    const suspects = [...this.#watched].filter((connection) => connection.sweep(nowMs))
    if (suspects.length === 0) return
    this.#clock.defer(() => {
      for (const connection of suspects) connection.expire(this.#clock.monotonic())
    })
  }
}
