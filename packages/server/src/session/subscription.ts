// One session in one room. While history is read, live publications wait here; afterwards they pass through.
import type { Position } from '@roomcast/protocol/wire'
import type { SharedMessage } from '../hub/shared-message.ts'
import type { Subscriber } from '../hub/subscriber.ts'
import type { Arrived } from './recovery.ts'

/** What a subscription needs of its session. */
export interface SubscriptionOwner {
  send(message: SharedMessage): void
  /** The subscription ended from below; the client is to subscribe again. */
  interrupted(subscription: Subscription): void
}

/** See {@link Subscriber}. States: buffering → live, and ended from either. */
export class Subscription implements Subscriber {
  readonly room: string
  readonly #owner: SubscriptionOwner
  readonly #maxBuffered: number
  /** What waits; `undefined` once live. */
  #buffer: Arrived<SharedMessage>[] | undefined = []
  #isBroken = false
  #hasEnded = false

  constructor(room: string, owner: SubscriptionOwner, maxBuffered: number) {
    this.room = room
    this.#owner = owner
    this.#maxBuffered = maxBuffered
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** What arrived so far, or `undefined` if something is missing: more arrived than may wait, or the bus lost some. */
  get arrived(): readonly Arrived<SharedMessage>[] | undefined {
    return this.#isBroken ? undefined : this.#buffer
  }

  /** From now on publications pass through. Call it in the same turn in which `arrived` was read and sent. */
  goLive(): void {
    this.#buffer = undefined
  }

  end(): void {
    this.#hasEnded = true
    this.#buffer = undefined
  }

  publication(at: Position, message: SharedMessage): void {
    if (this.#hasEnded) return
    if (!this.#buffer) return this.#owner.send(message)
    if (this.#buffer.length === this.#maxBuffered) this.#isBroken = true
    if (!this.#isBroken) this.#buffer.push({ at, message })
  }

  /** Signals are not ordered among publications, and may be dropped: before the reply nobody expects them. */
  signal(message: SharedMessage): void {
    if (!this.#hasEnded && !this.#buffer) this.#owner.send(message)
  }

  interrupted(): void {
    if (this.#hasEnded) return
    // Before the reply the client has nothing that could end: its command is answered with a failure instead.
    if (this.#buffer) this.#isBroken = true
    else this.#owner.interrupted(this)
  }
}
