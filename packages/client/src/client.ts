// The client as applications see it: the core with the types of the contract on it.
import type { ChannelOf, Contract, ParamsInput } from '@roomcast/protocol'
import { createClientCore, type ClientEvents } from './client-core.ts'
import type { ClientStatus, ConnectionState } from './connection/connection.ts'
import type { Watched } from './events/store.ts'
import { resolveOptions, type ClientOptions } from './options.ts'
import type { Off, Room } from './room/room.ts'

type ParamsArguments<Params> = keyof Params extends never ? [params?: Params] : [params: Params]

/** A client of one server. */
export interface Client<T extends Contract> {
  readonly state: ConnectionState
  /** `state` and what belongs to it; the same object as long as nothing changes. */
  readonly status: ClientStatus
  /** Names this client, the same across its reconnections; `undefined` before the first. */
  readonly clientId: string | undefined
  /** Whom the server takes this client for; `undefined` before the first connection. */
  readonly userId: string | undefined
  /**
   * Connects, unless it is connected or about to be; using a room does so too. After `disconnect`, or a close that is
   * final, only this begins again, and subscriptions continue where they were.
   */
  connect(): void
  /** Ends the connection. All that waits rejects with `disconnected`; leases and presence are kept for `connect`. */
  disconnect(): void
  /**
   * A handle of one room. Opens nothing.
   * @throws {TypeError | RangeError} if the parameters cannot be part of a name.
   * @example
   * const room = client.room('chat:{roomId}', { roomId: '42' })
   */
  room<Pattern extends keyof T['channels'] & string>(
    pattern: Pattern,
    ...params: ParamsArguments<ParamsInput<T, Pattern>>
  ): Room<ChannelOf<T, Pattern>>
  on<Name extends keyof ClientEvents>(name: Name, handler: (event: ClientEvents[Name]) => void): Off
  /** Watches anything that is read from this client or its rooms, such as `() => client.status`. */
  watch<S>(select: () => S): Watched<S>
}

/** The text is the error that the compiler shows when the type argument is forgotten. */
export type MissingContract =
  'createClient needs the type of the contract: createClient<AppContract>({ ... })'

/**
 * Creates a client. Opens nothing until it is used, so it may be created on a server that renders pages.
 *
 * @example
 * const client = createClient<AppContract>({ url: 'wss://example.com/realtime', token: () => fetchToken() })
 */
export function createClient<T extends Contract = never>(
  options: [T] extends [never] ? MissingContract : ClientOptions,
): Client<T> {
  // The one place where a contract's types are put on what is untyped at run time.
  return createClientCore(resolveOptions(options as ClientOptions)) as unknown as Client<T>
}
