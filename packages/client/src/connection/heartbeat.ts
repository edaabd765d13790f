// Notices a connection that is dead without having been closed. A browser does not show the pings of its WebSocket, so
// after a silence the client asks for a sign of life itself.
import { Alarm, type Clock } from '../clock.ts'

/** How long a sign of life may take, in milliseconds. */
export const PROBE_TIMEOUT_MS = 10_000

/** What a heartbeat does. */
export interface HeartbeatHandlers {
  /** Sends something that the server answers. */
  ping(): void
  /** Nothing came: the connection is dead. */
  dead(): void
}

/** Watches one connection from the moment it is made. */
export class Heartbeat {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #handlers: HeartbeatHandlers
  readonly #alarm: Alarm
  #lastHeardMs = 0
  #isProbing = false

  constructor(clock: Clock, intervalMs: number, handlers: HeartbeatHandlers) {
    this.#clock = clock
    this.#alarm = new Alarm(clock)
    this.#intervalMs = intervalMs
    this.#handlers = handlers
    this.heard()
    this.#listen()
  }

  /** Anything arrived. Runs for every message, so it sets no timer. */
  heard(): void {
    this.#lastHeardMs = this.#clock.monotonic()
    this.#isProbing = false
  }

  /** Asks for a sign of life now, because something hints that the network has changed. */
  probe(): void {
    if (this.#isProbing) return
    this.#isProbing = true
    this.#alarm.set(PROBE_TIMEOUT_MS, () => {
      if (this.#isProbing) this.#handlers.dead()
      else this.#listen()
    })
    this.#handlers.ping()
  }

  stop(): void {
    this.#alarm.cancel()
  }

  #listen(): void {
    const silentMs = this.#clock.monotonic() - this.#lastHeardMs
    if (silentMs >= this.#intervalMs) this.probe()
    else this.#alarm.set(this.#intervalMs - silentMs, () => this.#listen())
  }
}
