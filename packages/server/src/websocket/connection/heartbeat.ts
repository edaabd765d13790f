// One timer for the deadlines of all connections of a server, however many there are.
import type { Clock, Timer } from '../../clock.ts'
import { Roster } from '../../util/roster.ts'
import type { WebSocketLimits } from '../websocket-limits.ts'

/** What the heartbeat looks after. */
export interface Watched {
  /** The heartbeat's own notes of where it keeps this: the part of the interval, -1 before and after, and the seat in it. */
  slot: number
  seat: number
  /** Does what is due, such as a ping. True if a deadline has passed. */
  sweep(nowMs: number): boolean
  /** Acts on the deadlines that have still passed. */
  expire(nowMs: number): void
}

export interface HeartbeatOptions {
  readonly clock: Clock
  readonly limits: Pick<WebSocketLimits, 'sweepIntervalMs'>
}

/** By clock, then by interval; each has no timer while it watches nothing. */
const sharedHeartbeats = new WeakMap<Clock, Map<number, Heartbeat>>()

const seat = (connection: Watched, place: number): void => {
  connection.seat = place
}

/** How many parts of an interval there are, each with the connections that are visited in it. */
const SLOTS = 16

/**
 * A timing wheel: visits each connection once in every interval, a part of them at a time, so that many connections are
 * no burst of work. A deadline is noticed at most one interval late.
 *
 * When a stalled event loop runs again, its timers fire before it reads what has long arrived. So a passed deadline
 * is only acted on one poll phase later, and one pause does not disconnect everybody.
 */
export class Heartbeat {
  /** The one that all clients of a process share, who have no server to keep one for them. */
  static shared({ clock, limits }: HeartbeatOptions): Heartbeat {
    const ofClock = sharedHeartbeats.get(clock) ?? new Map<number, Heartbeat>()
    sharedHeartbeats.set(clock, ofClock)
    const heartbeat = ofClock.get(limits.sweepIntervalMs) ?? new Heartbeat({ clock, limits })
    ofClock.set(limits.sweepIntervalMs, heartbeat)
    return heartbeat
  }

  readonly #clock: Clock
  readonly #tickMs: number
  readonly #slots = Array.from({ length: SLOTS }, () => new Roster<Watched>(seat))
  #size = 0
  /** The slot that was visited last; who comes now is visited there one interval later. */
  #current = 0
  #timer: Timer | undefined

  constructor({ clock, limits }: HeartbeatOptions) {
    this.#clock = clock
    this.#tickMs = limits.sweepIntervalMs / SLOTS
  }

  add(connection: Watched): void {
    connection.slot = this.#current
    this.#slots[this.#current]!.add(connection)
    this.#size++
    if (this.#timer === undefined) this.#arm()
  }

  /** Forgets a connection; with the last one the timer goes too. */
  delete(connection: Watched): void {
    if (this.#slots[connection.slot]?.delete(connection, connection.seat) !== true) return
    connection.slot = -1
    if (--this.#size === 0) this.#rest()
  }

  /** Forgets all connections. */
  stop(): void {
    for (const slot of this.#slots) slot.clear()
    this.#size = 0
    this.#rest()
  }

  #rest(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #arm(): void {
    this.#timer = this.#clock.setTimer(() => {
      this.#arm()
      this.#current = (this.#current + 1) % SLOTS
      this.#sweep(this.#slots[this.#current]!)
    }, this.#tickMs)
  }

  #sweep(slot: Roster<Watched>): void {
    if (slot.size === 0) return
    const nowMs = this.#clock.monotonic()
    const suspects = slot.all.filter((connection) => connection.sweep(nowMs))
    if (suspects.length === 0) return
    this.#clock.defer(() => {
      for (const connection of suspects) connection.expire(this.#clock.monotonic())
    })
  }
}
