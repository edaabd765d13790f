// What a client keeps of one room: one object for all handles, and only while somebody uses the room.
import type { RoomcastError } from '@roomcast/protocol/wire'
import type { RoomPush } from '../connection/link.ts'
import { PresenceEntry } from '../presence/presence-entry.ts'
import { PresenceWatch } from '../presence/presence-watch.ts'
import { RoomSubscription, type SubscriptionContext } from '../subscription/room-subscription.ts'

/** Something that the server does for this client in one room, across connections. */
interface RoomPart {
  /** Whether nobody uses it, so that it may be forgotten. */
  readonly isIdle: boolean
  /** A connection is open: what is needed may be asked for. */
  opened(): void
  /** The connection is gone; `final` says why if the client will not make another one by itself. */
  closed(final: RoomcastError | undefined): void
}

/** The state of one room. */
export class RoomState {
  readonly subscription: RoomSubscription
  readonly entry: PresenceEntry
  readonly watch: PresenceWatch
  readonly parts: readonly RoomPart[]

  constructor(room: string, context: SubscriptionContext) {
    this.subscription = new RoomSubscription(room, context)
    this.entry = new PresenceEntry(room, context)
    this.watch = new PresenceWatch(room, context)
    this.parts = [this.subscription, this.watch, this.entry]
  }

  get isIdle(): boolean {
    return this.parts.every((part) => part.isIdle)
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

  /** A connection is open. */
  opened(): void {
    for (const part of this.#parts()) part.opened()
  }

  /** The connection is gone; `final` is set if there will be no other. */
  closed(final: RoomcastError | undefined): void {
    for (const part of this.#parts()) part.closed(final)
  }

  receive(push: RoomPush): void {
    const state = this.#states.get(push.room)
    if (push.type === 'presence') state?.watch.receive(push)
    else state?.subscription.receive(push)
  }

  #parts(): RoomPart[] {
    return [...this.#states.values()].flatMap(({ parts }) => parts)
  }
}
