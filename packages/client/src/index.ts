// The public face of the client. What it exports is held by a test.

// Creating a client
export { createClient } from './client.ts'
export type { Client, MissingContract } from './client.ts'
export type { ClientEvents } from './client-core.ts'
export type { ClientOptions } from './options.ts'
export type { ClientStatus, ConnectionState, Resolvable } from './connection/connection.ts'

// Rooms
export type {
  CallOptions,
  ItemOf,
  NoPresence,
  Off,
  PresenceMember,
  PublicationOf,
  Published,
  Room,
  RoomPresence,
} from './room/room.ts'
export type { Gap, Publication, Signal } from './subscription/room-events.ts'
export type { Lease, SubscribeOptions, SubscriptionState } from './subscription/room-subscription.ts'
export type { LeaseOptions } from './request/lease-set.ts'
export type { MemberChange } from './presence/presence-set.ts'
export type { PresenceLease } from './presence/presence-watch.ts'
export type { Watched } from './events/store.ts'

// Errors
export { settle } from './settle.ts'
export type { CallError, CallPromise, Settled } from './settle.ts'
export { RoomcastError } from '@roomcast/protocol/wire'
export type { ErrorCode, Outcome, Position, Publisher } from '@roomcast/protocol/wire'
export type { ClosedData } from './errors.ts'

// Effects that can be injected
export type { Backoff } from './connection/retry.ts'
export type { Clock, Timer } from './clock.ts'
export type { ClientTransport, TransportConnection, TransportHandlers } from './connection/transport.ts'
export type { Logger } from './logger.ts'
export type { Random } from './random.ts'
export type { WebSocketConstructor, WebSocketLike } from './connection/websocket-transport.ts'
export type { Codec } from '@roomcast/protocol/wire'
