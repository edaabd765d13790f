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
export interface RoomState {
  readonly subscription: RoomSubscription
  readonly watch: PresenceWatch
  readonly entry: PresenceEntry
  readonly parts: readonly RoomPart[]
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
    for (const [name, { parts }] of this.#states) {
      if (parts.every(({ isIdle }) => isIdle)) this.#states.delete(name)
    }
    const subscription = new RoomSubscription(room, this.#context)
    const watch = new PresenceWatch(room, this.#context)
    const entry = new PresenceEntry(room, this.#context)
    const state = { subscription, watch, entry, parts: [subscription, watch, entry] }
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
