// A room handle at run time, where there is no contract: names and data are what the compiler let pass.
import type { Member, RoomcastError } from '@roomcast/protocol/wire'
import type { Link } from '../connection/link.ts'
import type { Watched } from '../events/store.ts'
import type { ResolvedOptions } from '../options.ts'
import type { PresenceEvents, PresenceLease } from '../presence/presence-watch.ts'
import { randomId } from '../random.ts'
import type { CommandQueue } from '../request/command-queue.ts'
import { iteratePublications } from '../subscription/publication-iterator.ts'
import type { LeaseOptions } from '../request/lease-set.ts'
import type { Gap, Publication, Signal } from '../subscription/room-events.ts'
import type { Lease, SubscribeOptions, SubscriptionState } from '../subscription/room-subscription.ts'
import type { CallOptions, Off, Published } from './room.ts'
import type { RoomState, Rooms } from './room-state.ts'

/** What a handle needs from its client. */
export interface RoomClient {
  readonly options: ResolvedOptions
  readonly link: Link
  readonly queue: CommandQueue
  readonly rooms: Rooms
  /**
   * Begins to connect, if the client has not begun.
   * @throws {RoomcastError} if the client was stopped.
   */
  readonly start: () => void
  readonly watch: <T>(select: () => T) => Watched<T>
}

/** What implements `Room`. */
export type RoomHandle = ReturnType<typeof createRoomHandle>

/** Makes a handle. It holds no state but the name, so that a forgotten room is found again. */
export function createRoomHandle(room: string, client: RoomClient) {
  const { link, queue, rooms, start, watch } = client
  const { commandTimeoutMs, random } = client.options
  const state = (): RoomState => rooms.get(room)

  /** The state for what asks the server. */
  const started = (): RoomState => {
    start()
    return state()
  }

  return {
    name: room,
    get status(): SubscriptionState {
      return state().subscription.state
    },
    get error(): RoomcastError | undefined {
      return state().subscription.error
    },
    on: (name: string, handler: (item: Publication | Signal) => void): Off =>
      state().subscription.items.on(name, handler),
    onGap: (handler: (gap: Gap) => void): Off => state().subscription.events.on('gap', handler),
    subscribe: async (options: SubscribeOptions = {}): Promise<Lease> =>
      started().subscription.lease(options),
    async publish(event: string, data: unknown): Promise<Published> {
      start()
      const publishId = randomId(random)
      const { position } = await queue.add<'publish'>({ type: 'publish', room, event, publishId, data })
      return { offset: position.offset, id: publishId }
    },
    signal: (signal: string, data: unknown): void => link.send({ type: 'signal', room, signal, data }),
    async call(call: string, data?: unknown, options: CallOptions = {}): Promise<unknown> {
      start()
      const { timeoutMs = commandTimeoutMs } = options
      const result = await queue.add<'call'>({ type: 'call', room, call, data }, timeoutMs)
      return result.data
    },
    publications: (event?: string): AsyncIterable<Publication> => ({
      [Symbol.asyncIterator]: () => iteratePublications(started().subscription, event),
    }),
    watch,
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
