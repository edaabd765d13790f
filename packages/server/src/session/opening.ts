// What a session needs only until its client is known; one object, so that one assignment frees it all.
import type { Timer } from '../clock.ts'
import type { ConnectionRequest } from './services.ts'

/** Ends once: when `connect` has been answered, or the connection is gone. */
export class Opening {
  readonly request: ConnectionRequest
  readonly #timer: Timer
  readonly #onEnd: () => void

  /** `timer` ends a connection that takes too long. */
  constructor(request: ConnectionRequest, timer: Timer, onEnd: () => void) {
    this.request = request
    this.#timer = timer
    this.#onEnd = onEnd
  }

  end(): void {
    this.#timer.cancel()
    this.#onEnd()
  }
}
