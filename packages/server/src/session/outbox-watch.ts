// Whether the client of one session keeps up with what it is sent.
import type { Clock, Timer } from '../clock.ts'
import type { Transport } from '../transport/transport.ts'
import type { SessionLimits } from './session-limits.ts'

/** Whose client it is. */
export interface OutboxWatchOwner {
  readonly transport: Transport
  /** The client has been too far behind for too long. */
  fellBehind(): void
}

/**
 * Looks again after a while when much waits to be read: a burst that a client reads as fast as it can is not the client's
 * fault, and what waits right after it was sent says nothing about the client. The transport says when to begin, at its
 * high-water mark, which is to be at most `maxOutboxBytes`; and it has a hard limit.
 */
export class OutboxWatch {
  readonly #owner: OutboxWatchOwner
  readonly #clock: Clock
  readonly #limits: Pick<SessionLimits, 'maxOutboxBytes' | 'slowConsumerMs'>
  #check: Timer

  constructor(
    owner: OutboxWatchOwner,
    clock: Clock,
    limits: Pick<SessionLimits, 'maxOutboxBytes' | 'slowConsumerMs'>,
  ) {
    this.#owner = owner
    this.#clock = clock
    this.#limits = limits
    this.#check = this.#schedule()
  }

  /** The client has caught up, or the session is over. */
  stop(): void {
    this.#check.cancel()
  }

  #schedule(): Timer {
    return this.#clock.setTimer(() => {
      if (this.#owner.transport.bufferedBytes > this.#limits.maxOutboxBytes) this.#owner.fellBehind()
      else this.#check = this.#schedule()
    }, this.#limits.slowConsumerMs)
  }
}
