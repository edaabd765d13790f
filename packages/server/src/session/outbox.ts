// What one session has to send, and whether its client keeps up.
import type { Clock, Timer } from '../clock.ts'
import type { OutgoingMessage, Transport } from '../transport/transport.ts'
import type { SessionLimits } from './session-limits.ts'

/** What an outbox needs. */
export interface OutboxOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly limits: Pick<SessionLimits, 'maxOutboxBytes' | 'slowConsumerMs'>
  /** The client has been too far behind for too long. */
  readonly onSlow: () => void
}

/**
 * Sends, and looks again after a while if much is waiting then: a burst that a client reads as fast as it can is not the
 * client's fault, and what waits right after it was sent says nothing about the client. The transport has a hard limit.
 */
export class Outbox {
  readonly #options: OutboxOptions
  #check: Timer | undefined

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  send(message: OutgoingMessage): void {
    this.#options.transport.send(message)
    if (this.#check === undefined && this.#isBehind) {
      this.#check = this.#options.clock.setTimer(() => {
        this.#check = undefined
        if (this.#isBehind) this.#options.onSlow()
      }, this.#options.limits.slowConsumerMs)
    }
  }

  /** The session is over. */
  close(): void {
    this.#check?.cancel()
  }

  get #isBehind(): boolean {
    return this.#options.transport.bufferedBytes > this.#options.limits.maxOutboxBytes
  }
}
