// The public face of @roomcast/server.

// The server
export { createRoomcast } from './server.ts'
export type { Attachment, AttachOptions, Roomcast } from './roomcast.ts'
export type { DrainOptions } from './drain.ts'
export type { RoomcastOptions } from './options.ts'

// Handlers
export type {
  CallHandler,
  ChannelHandlers,
  ChannelHooks,
  HandlerContext,
  Identity,
  PublishPolicy,
  SessionInfo,
  Verdict,
} from './routing/handlers.ts'
export type { ClientHooks, Disconnection } from './routing/hooks.ts'
export type { ServerPublished, ServerPublishOptions, ServerRoom } from './routing/server-room.ts'
export type { Authenticate, ConnectionRequest, Credentials } from './session/services.ts'

// Who is there, on all instances
export type { Affected, DisconnectOptions, SessionDirectory } from './control/session-directory.ts'
export type { RoomDirectory, RoomListOptions } from './control/room-directory.ts'
export type { Listed, ListOptions } from './control/listed.ts'
export type { RoomSummary, SessionFilter, SessionSummary } from './control/control-bus.ts'

// Limits
export type { SessionLimits } from './session/session-limits.ts'
export type { WebSocketLimits } from './websocket/websocket-limits.ts'
export type { OriginPolicy } from './websocket/handshake/origin-policy.ts'
export type { Rate } from './util/token-bucket.ts'

// Seams: implement these to bring your own
export { MemoryBroker } from './broker/memory-broker.ts'
export type { MemoryBrokerOptions } from './broker/memory-broker.ts'
export type {
  Broker,
  BrokerHandler,
  Draft,
  Published,
  PublishOptions,
  ReadRequest,
  Retention,
  Signal,
  StoredPublication,
  StreamSlice,
} from './broker/broker.ts'
export { MemoryPresenceStore } from './presence/memory-presence-store.ts'
export type {
  PresenceEntry,
  PresenceHandler,
  PresenceSnapshot,
  PresenceStore,
} from './presence/presence-store.ts'
export type { ControlBus, ControlHandler, ControlOrder, ControlReport } from './control/control-bus.ts'
export { OutgoingMessage } from './transport/transport.ts'
export type { Transport, TransportHandlers } from './transport/transport.ts'

// Effects
export { systemClock } from './clock.ts'
export type { Clock, Timer } from './clock.ts'
export { consoleLogger, silentLogger } from './logger.ts'
export type { Logger } from './logger.ts'
export { systemRandom } from './random.ts'
export type { Random } from './random.ts'

// Errors
export { RoomcastError } from '@roomcast/protocol/wire'
export type { Outcome } from '@roomcast/protocol/wire'
