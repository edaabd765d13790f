// A room handle at run time, where there is no contract: names and data are what the compiler let pass.
import type { RoomcastError } from '@roomcast/protocol/wire'
import type { Watched } from '../events/store.ts'
import type { PresenceEvents, PresenceLease } from '../presence/presence-watch.ts'
import { iteratePublications } from '../subscription/publication-iterator.ts'
import type { LeaseOptions } from '../request/lease-set.ts'
import type { Gap, Publication, Signal } from '../subscription/room-events.ts'
import type { Lease, SubscribeOptions, SubscriptionState } from '../subscription/room-subscription.ts'
import type { CallOptions, Off, Published } from './room.ts'
import type { RoomState, Rooms } from './room-state.ts'

/** What a handle needs from its client. */
export interface RoomClient {
  readonly rooms: Rooms
  /**
   * Begins to connect, if the client has not begun.
   * @throws {RoomcastError} if the client was stopped.
   */
  start(): void
  publish(room: string, event: string, data: unknown): Promise<Published>
  signal(room: string, name: string, data: unknown): void
  call(room: string, name: string, data: unknown, options: CallOptions): Promise<unknown>
  watch<T>(select: () => T): Watched<T>
}

/** Implements `Room`. Holds no state but the name, so that a forgotten room is found again. */
export class RoomHandle {
  readonly name: string
  readonly presence: PresenceHandle
  readonly #client: RoomClient

  constructor(name: string, client: RoomClient) {
    this.name = name
    this.presence = new PresenceHandle(name, client)
    this.#client = client
  }

  get status(): SubscriptionState {
    return this.#state.subscription.state
  }

  get error(): RoomcastError | undefined {
    return this.#state.subscription.error
  }

  get #state(): RoomState {
    return this.#client.rooms.get(this.name)
  }

  on(name: string, handler: (item: Publication | Signal) => void): Off {
    return this.#state.subscription.items.on(name, handler)
  }

  onGap(handler: (gap: Gap) => void): Off {
    return this.#state.subscription.events.on('gap', handler)
  }

  async subscribe(options: SubscribeOptions = {}): Promise<Lease> {
    this.#client.start()
    return this.#state.subscription.lease(options)
  }

  publish(event: string, data: unknown): Promise<Published> {
    return this.#client.publish(this.name, event, data)
  }

  signal(name: string, data: unknown): void {
    this.#client.signal(this.name, name, data)
  }

  call(name: string, data?: unknown, options: CallOptions = {}): Promise<unknown> {
    return this.#client.call(this.name, name, data, options)
  }

  publications(event?: string): AsyncIterable<Publication> {
    return {
      [Symbol.asyncIterator]: () => {
        this.#client.start()
        return iteratePublications(this.#state.subscription, event)
      },
    }
  }

  watch<T>(select: () => T): Watched<T> {
    return this.#client.watch(select)
  }
}

/** Implements `RoomPresence`. */
class PresenceHandle {
  readonly #room: string
  readonly #client: RoomClient

  constructor(room: string, client: RoomClient) {
    this.#room = room
    this.#client = client
  }

  get members(): RoomState['watch']['members'] {
    return this.#state.watch.members
  }

  get #state(): RoomState {
    return this.#client.rooms.get(this.#room)
  }

  async enter(data: unknown): Promise<void> {
    this.#client.start()
    return this.#state.entry.enter(data)
  }

  async update(data: unknown): Promise<void> {
    this.#client.start()
    return this.#state.entry.update(data)
  }

  leave(): Promise<void> {
    return this.#state.entry.leave()
  }

  async watch(options: LeaseOptions = {}): Promise<PresenceLease> {
    this.#client.start()
    return this.#state.watch.lease(options)
  }

  on<Name extends keyof PresenceEvents>(name: Name, handler: (item: PresenceEvents[Name]) => void): Off {
    return this.#state.watch.events.on(name, handler)
  }
}
