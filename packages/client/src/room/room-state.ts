// What a client keeps of one room: one object for all handles, and only while somebody uses the room.
import type { RoomcastError } from '@roomcast/protocol/wire'
import type { RoomPush } from '../connection/link.ts'
import { PresenceEntry } from '../presence/presence-entry.ts'
import { PresenceWatch } from '../presence/presence-watch.ts'
import { RoomSubscription, type SubscriptionContext } from '../subscription/room-subscription.ts'

/** The state of one room. */
export class RoomState {
  readonly subscription: RoomSubscription
  readonly entry: PresenceEntry
  readonly watch: PresenceWatch

  constructor(room: string, context: SubscriptionContext) {
    this.subscription = new RoomSubscription(room, context)
    this.entry = new PresenceEntry(room, context)
    this.watch = new PresenceWatch(room, context)
  }

  get isIdle(): boolean {
    return this.subscription.isIdle && this.entry.isIdle && this.watch.isIdle
  }
}

/** The rooms of one client. */
export class Rooms {
  readonly #context: SubscriptionContext
  readonly #states = new Map<string, RoomState>()

  constructor(context: SubscriptionContext) {
    this.#context = context
  }

  /** The state of a room. Look it up anew for each use: a room that nobody uses is forgotten when another is made. */
  get(room: string): RoomState {
    const known = this.#states.get(room)
    if (known) return known
    for (const [name, state] of this.#states) if (state.isIdle) this.#states.delete(name)
    const state = new RoomState(room, this.#context)
    this.#states.set(room, state)
    return state
  }

  /** A connection is open: subscriptions may be asked for. */
  opened(): void {
    for (const { subscription, watch } of this.#states.values()) {
      subscription.opened()
      watch.opened()
    }
  }

  /** The server has accepted the client. */
  ready(): void {
    for (const { entry } of this.#states.values()) entry.ready()
  }

  /** The connection is gone; `final` is set if there will be no other. */
  closed(final: RoomcastError | undefined): void {
    for (const { subscription, watch, entry } of this.#states.values()) {
      subscription.closed(final)
      watch.closed(final)
      entry.closed(final)
    }
  }

  receive(push: RoomPush): void {
    const state = this.#states.get(push.room)
    if (push.type === 'presence') state?.watch.receive(push)
    else state?.subscription.receive(push)
  }
}
