// The types of a room handle, all inferred from the contract.
import type {
  CallErrors,
  CallInput,
  CallOutput,
  CallsOf,
  ChannelDefinition,
  EventsOf,
  InputOf,
  OutputOf,
  PresenceInput,
  PresenceOutput,
  SignalsOf,
} from '@roomcast/protocol'
import type { RoomcastError } from '@roomcast/protocol/wire'
import type { Watched } from '../events/store.ts'
import type { MemberChange } from '../presence/presence-set.ts'
import type { PresenceLease } from '../presence/presence-watch.ts'
import type { CallPromise } from '../settle.ts'
import type { LeaseOptions } from '../request/lease-set.ts'
import type { Gap, Publication, Signal } from '../subscription/room-events.ts'
import type { Lease, SubscribeOptions, SubscriptionState } from '../subscription/room-subscription.ts'

/** Removes a handler. */
export type Off = () => void

/** What a handler of an event or a signal gets. */
export type ItemOf<C extends ChannelDefinition, Name extends string> = Name extends keyof EventsOf<C>
  ? Publication<Name, OutputOf<EventsOf<C>[Name]>>
  : Name extends keyof SignalsOf<C>
    ? Signal<Name, OutputOf<SignalsOf<C>[Name]>>
    : never

/** Any publication of a channel, told apart by `event`. */
export type PublicationOf<C extends ChannelDefinition> = {
  [Name in keyof EventsOf<C> & string]: Publication<Name, OutputOf<EventsOf<C>[Name]>>
}[keyof EventsOf<C> & string]

/** Options of one call. */
export interface CallOptions {
  /** How long the answer may take, connected or not, in milliseconds. @default commandTimeoutMs of the client */
  readonly timeoutMs?: number
}

type CallArguments<Input> = [Input] extends [void]
  ? [input?: undefined, options?: CallOptions]
  : [input: Input, options?: CallOptions]

/** What was published. */
export interface Published {
  /** The place in the room's stream. */
  readonly offset: number
  readonly id: string
}

/** One entry of a room's presence: a client, of which a user may have several. */
export interface PresenceMember<Data> {
  readonly clientId: string
  readonly userId: string
  readonly data: Data
}

/** Who is in a room. */
export interface RoomPresence<Input, Output> {
  /** Who is there, while somebody watches; the same array as long as nothing changes. */
  readonly members: readonly PresenceMember<Output>[]
  /**
   * Enters the room, and again after each lost connection until `leave`.
   * @throws {RoomcastError} what the server refused with; the entry then stays as it was before.
   */
  enter(data: Input): Promise<void>
  /** Replaces what `enter` told. @throws {RoomcastError} also `notEntered`. */
  update(data: Input): Promise<void>
  /** Leaves at once, without the grace that a lost connection gets. */
  leave(): Promise<void>
  /** Watches until the lease is released, the last one that is held. Resolves when `members` is known. */
  watch(options?: LeaseOptions): Promise<PresenceLease>
  /** After a lost connection only what has changed meanwhile is told. */
  on(name: 'change', handler: (change: MemberChange<PresenceMember<Output>>) => void): Off
  on(name: 'enter' | 'update' | 'leave', handler: (member: PresenceMember<Output>) => void): Off
}

/** Shown by the compiler where a channel has no presence. */
export interface NoPresence {
  readonly error: 'The contract declares no presence for this channel.'
}

/**
 * A handle of one room. Handles are cheap, and all handles of a room share one subscription.
 *
 * A handler that throws disturbs nothing: its error goes to the client's `error` event.
 */
export interface Room<C extends ChannelDefinition> {
  /** The room's name on the wire, such as `chat:42`. */
  readonly name: string
  readonly status: SubscriptionState
  /** Why the server refused or ended the last subscription. */
  readonly error: RoomcastError | undefined

  /** Handles an event or a signal of the contract, while the room is subscribed. */
  on<Name extends (keyof EventsOf<C> | keyof SignalsOf<C>) & string>(
    name: Name,
    handler: (item: NoInfer<ItemOf<C, Name>>) => void,
  ): Off

  /** Handles the announcement that publications were missed for good: load the application's state anew. */
  onGap(handler: (gap: Gap) => void): Off

  /**
   * Takes a lease: the room stays subscribed, across lost connections, until its last lease is released.
   * Add handlers first: what `rewind` brings arrives before the promise resolves.
   *
   * @throws {RoomcastError} what the server refused with; `disconnected` or `closed` if the client stops.
   */
  subscribe(options?: SubscribeOptions): Promise<Lease>

  /**
   * Adds to the room's stream, exactly once, in the order of the calls. Waits for a connection if there is none.
   *
   * @throws {RoomcastError} what the server refused with; `outcomeUnknown` if the connection was lost and the publish
   * could not be repeated in time; `timeout`, `queueFull`, `payloadTooLarge`, `invalidData`, `disconnected`, `closed`.
   */
  publish<Name extends keyof EventsOf<C> & string>(
    event: Name,
    data: NoInfer<InputOf<EventsOf<C>[Name]>>,
  ): Promise<Published>

  /** Sends without a promise: dropped if there is no connection or the network is slow, never stored or repeated. */
  signal<Name extends keyof SignalsOf<C> & string>(
    name: Name,
    data: NoInfer<InputOf<SignalsOf<C>[Name]>>,
  ): void

  /**
   * Asks the server's handler. Never repeated once it was sent. See `settle` for typed errors.
   *
   * @throws {RoomcastError} a declared error, what the server refused with, `timeout`, or `outcomeUnknown` if the
   * connection was lost before the answer came.
   */
  call<Name extends keyof CallsOf<C> & string>(
    name: Name,
    ...args: CallArguments<CallInput<CallsOf<C>[Name]>>
  ): CallPromise<CallOutput<CallsOf<C>[Name]>, CallErrors<CallsOf<C>[Name]>>

  /**
   * Publications for `for await`, from now on. Each iteration holds a lease until it ends.
   * A reader that falls more than 1000 publications behind gets those and then the error `overflow`. That publications
   * were missed for good is not told here: use `onGap` too.
   */
  publications(): AsyncIterable<PublicationOf<C>>
  publications<Name extends keyof EventsOf<C> & string>(
    event: Name,
  ): AsyncIterable<Publication<Name, OutputOf<EventsOf<C>[Name]>>>

  readonly presence: [PresenceInput<C>] extends [never]
    ? NoPresence
    : RoomPresence<PresenceInput<C>, PresenceOutput<C>>

  /** Watches anything that is read from this room, such as `() => room.status`. */
  watch<T>(select: () => T): Watched<T>
}
