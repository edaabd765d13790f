// One session in one room. While history is read, live publications wait here; afterwards they do not come this way.
import type { Position } from '@roomcast/protocol/wire'
import type { SharedMessage } from '../hub/shared-message.ts'
import type { Subscriber } from '../hub/subscriber.ts'
import type { Transport } from '../transport/transport.ts'
import type { Arrived } from './recovery.ts'

/** What a subscription needs of its session. */
export interface SubscriptionOwner {
  readonly transport: Transport
  /** How many publications may wait while history is read. */
  readonly maxBufferedPublications: number
  /** The subscription ended from below; the client is to subscribe again. */
  interrupted(subscription: Subscription): void
}

/** What waits, or how it is when nothing does. */
type SubscriptionState = Arrived<SharedMessage>[] | 'broken' | 'live' | 'lagging' | 'ended'

/**
 * See {@link Subscriber}. States: buffering, or broken if something is missing → live ⇄ lagging while the client does not read; from
 * there it is buffering again before it is live. Ended from each.
 */
export class Subscription implements Subscriber {
  readonly room: string
  readonly #owner: SubscriptionOwner
  #state: SubscriptionState = []
  /** Whether the client has been told that it is subscribed. */
  #isEstablished = false

  constructor(room: string, owner: SubscriptionOwner) {
    this.room = room
    this.#owner = owner
  }

  get transport(): Transport {
    return this.#owner.transport
  }

  get hasEnded(): boolean {
    return this.#state === 'ended'
  }

  /** Whether it began, as far as the client and the application know. */
  get isEstablished(): boolean {
    return this.#isEstablished
  }

  get isLive(): boolean {
    return this.#state === 'live'
  }

  /** What arrived so far, or `undefined` if something is missing: more arrived than may wait, or the bus lost some. */
  get arrived(): readonly Arrived<SharedMessage>[] | undefined {
    return typeof this.#state === 'string' ? undefined : this.#state
  }

  /** Nothing waits any more. Call it in the same turn in which `arrived` was read and sent, and tell the hub. */
  goLive(): void {
    this.#state = 'live'
    this.#isEstablished = true
  }

  /** The client does not keep up: what arrives from now on will be read from history. */
  lag(): void {
    this.#state = 'lagging'
  }

  /** History is about to be read, and what arrives meanwhile waits. */
  buffer(): void {
    this.#state = []
  }

  end(): void {
    this.#state = 'ended'
  }

  publication(at: Position, message: SharedMessage): void {
    if (typeof this.#state === 'string') return
    if (this.#state.length === this.#owner.maxBufferedPublications) this.#state = 'broken'
    else this.#state.push({ at, message })
  }

  interrupted(): void {
    if (this.hasEnded) return
    if (this.#isEstablished) this.#owner.interrupted(this)
    // Before the reply the client has nothing that could end: its command is answered with a failure instead.
    else this.#state = 'broken'
  }
}
