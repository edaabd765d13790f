// The rooms of this instance: joins sessions to the broker's and the presence store's rooms, and fans out what arrives.
import type { Position, PresenceChange, PresencePosition } from '@roomcast/protocol/wire'
import type { Broker, BrokerHandler, Signal, StoredPublication } from '../broker/broker.ts'
import type { PresenceHandler, PresenceStore } from '../presence/presence-store.ts'
import { HubRoom } from './hub-room.ts'
import { presencePush, signalPush } from './pushes.ts'
import { RoomLinks } from './room-links.ts'
import type { Subscriber, Watcher } from './subscriber.ts'

/** Someone who is told when a room begins and ends on this instance. Must not throw. */
export interface RoomWatcher {
  opened?(room: string): void
  closed?(room: string): void
}

/** Delivery inside one instance. A room is linked to the broker while somebody here is in it. */
export class Hub implements BrokerHandler, PresenceHandler {
  readonly #watcher: RoomWatcher
  readonly #rooms = new Map<string, HubRoom>()
  readonly #watchers = new Map<string, Set<Watcher>>()
  readonly #streams: RoomLinks
  readonly #presence: RoomLinks

  constructor(broker: Broker, presence: PresenceStore, watcher: RoomWatcher = {}) {
    this.#watcher = watcher
    this.#streams = new RoomLinks({
      link: (room) => broker.subscribe(room),
      unlink: (room) => broker.unsubscribe(room),
    })
    this.#presence = new RoomLinks({
      link: (room) => presence.watch(room),
      unlink: (room) => presence.unwatch(room),
    })
  }

  /** How many rooms have a subscriber here. */
  get roomCount(): number {
    return this.#rooms.size
  }

  /** The rooms that have a subscriber here, each with how many. */
  *rooms(): IterableIterator<readonly [name: string, subscribers: number]> {
    for (const { name, size } of this.#rooms.values()) yield [name, size]
  }

  /** How many subscribers a room has here. */
  subscriberCount(room: string): number {
    return this.#rooms.get(room)?.size ?? 0
  }

  /** Registers a subscriber, then waits until the broker delivers the room. Publications may arrive before that. */
  async join(room: string, subscriber: Subscriber): Promise<void> {
    let state = this.#rooms.get(room)
    if (!state) {
      state = new HubRoom(room)
      this.#rooms.set(room, state)
      this.#watcher.opened?.(room)
    }
    state.add(subscriber)
    await this.#streams.acquire(room)
  }

  /** Has a subscriber that has caught up sent what all are sent. Call it in the turn in which it was sent the rest. */
  goLive(room: string, subscriber: Subscriber, at: Position): void {
    this.#rooms.get(room)?.goLive(subscriber, at)
  }

  /** Sends a live subscriber nothing for now, until it has caught up again. Returns where it has got to. */
  suspend(room: string, subscriber: Subscriber): Position | undefined {
    return this.#rooms.get(room)?.suspend(subscriber)
  }

  /** Ends what `join` began, also if that has not resolved or has rejected. */
  leave(room: string, subscriber: Subscriber): void {
    const state = this.#rooms.get(room)
    state?.delete(subscriber)
    if (state?.isEmpty) {
      this.#rooms.delete(room)
      this.#watcher.closed?.(room)
    }
    this.#streams.release(room)
  }

  /** Registers a watcher, then waits until the presence store delivers the room. */
  async watch(room: string, watcher: Watcher): Promise<void> {
    let watchers = this.#watchers.get(room)
    if (!watchers) {
      watchers = new Set()
      this.#watchers.set(room, watchers)
    }
    watchers.add(watcher)
    await this.#presence.acquire(room)
  }

  /** Ends what `watch` began. */
  unwatch(room: string, watcher: Watcher): void {
    const watchers = this.#watchers.get(room)
    watchers?.delete(watcher)
    if (watchers?.size === 0) this.#watchers.delete(room)
    this.#presence.release(room)
  }

  onPublication(room: string, epoch: string, publication: StoredPublication): void {
    this.#rooms.get(room)?.publication(epoch, publication)
  }

  onSignal(room: string, signal: Signal): void {
    this.#rooms.get(room)?.signal(signalPush(room, signal))
  }

  onPresence(room: string, position: PresencePosition, change: PresenceChange): void {
    const watchers = this.#watchers.get(room)
    if (!watchers) return
    const message = presencePush(room, position, change)
    for (const watcher of watchers) watcher.presence(message)
  }
}
