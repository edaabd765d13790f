// A room handle at run time, where there is no contract: names and data are what the compiler let pass.
import type { Member, RoomcastError } from '@roomcast/protocol/wire'
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
  readonly watch: <T>(select: () => T) => Watched<T>
}

/** What implements `Room`. */
export type RoomHandle = ReturnType<typeof createRoomHandle>

/** Makes a handle. It holds no state but the name, so that a forgotten room is found again. */
export function createRoomHandle(name: string, client: RoomClient) {
  const state = (): RoomState => client.rooms.get(name)

  /** The state for what asks the server. */
  const started = (): RoomState => {
    client.start()
    return state()
  }

  return {
    name,
    get status(): SubscriptionState {
      return state().subscription.state
    },
    get error(): RoomcastError | undefined {
      return state().subscription.error
    },
    on: (item: string, handler: (item: Publication | Signal) => void): Off =>
      state().subscription.items.on(item, handler),
    onGap: (handler: (gap: Gap) => void): Off => state().subscription.events.on('gap', handler),
    subscribe: async (options: SubscribeOptions = {}): Promise<Lease> =>
      started().subscription.lease(options),
    publish: (event: string, data: unknown): Promise<Published> => client.publish(name, event, data),
    signal: (signal: string, data: unknown): void => client.signal(name, signal, data),
    call: (call: string, data?: unknown, options: CallOptions = {}): Promise<unknown> =>
      client.call(name, call, data, options),
    publications: (event?: string): AsyncIterable<Publication> => ({
      [Symbol.asyncIterator]: () => iteratePublications(started().subscription, event),
    }),
    watch: client.watch,
    presence: {
      get members(): readonly Member[] {
        return state().watch.members
      },
      enter: async (data: unknown): Promise<void> => started().entry.enter(data),
      update: async (data: unknown): Promise<void> => started().entry.update(data),
      leave: (): Promise<void> => state().entry.leave(),
      watch: async (options: LeaseOptions = {}): Promise<PresenceLease> => started().watch.lease(options),
      on: <Name extends keyof PresenceEvents>(
        name: Name,
        handler: (item: PresenceEvents[Name]) => void,
      ): Off => state().watch.events.on(name, handler),
    },
  }
}
