// The public face of @roomcast/server/websocket: the bare WebSocket stack, without rooms.

// The server
export { createWebSocketServer } from './websocket/server/websocket-server.ts'
export type {
  WebSocketAttachment,
  WebSocketAttachOptions,
  WebSocketServer,
  WebSocketServerOptions,
} from './websocket/server/websocket-server.ts'
export { http2ServerOptions } from './websocket/handshake/http2-server-options.ts'
export type { Http2ServerOptions } from './websocket/handshake/http2-server-options.ts'
export type { AnyHttpServer } from './websocket/handshake/upgrade-dispatcher.ts'
export type { UpgradeRequest } from './websocket/handshake/upgrade-request.ts'
export type { Authorize, Refusal } from './websocket/handshake/authorization.ts'
export type { OriginPolicy } from './websocket/handshake/origin-policy.ts'

export type { DrainOptions, OpenConnections } from './websocket/connection/connection-set.ts'

// The client
export { connectWebSocket } from './websocket/client/connect-websocket.ts'
export type { WebSocketConnectOptions } from './websocket/client/connect-options.ts'
export { WebSocketConnectError } from './websocket/client/connect-error.ts'
export type { WebSocketConnectErrorCode } from './websocket/client/connect-error.ts'

// Connections and messages
export type { WebSocketConnection } from './websocket/connection/websocket-connection.ts'
export type { WebSocketCloseEvent, WebSocketHandlers } from './websocket/connection/message-delivery.ts'
export { prepareMessage } from './websocket/connection/prepared-message.ts'
export { ConnectionGroup } from './websocket/connection/connection-group.ts'
export type { MessageOptions, PreparedMessage } from './websocket/connection/prepared-message.ts'

// Connections as iterators and streams
export { messagesOf } from './websocket/streams/messages-of.ts'
export type { WebSocketMessage } from './websocket/streams/messages-of.ts'
export { toStreams } from './websocket/streams/to-streams.ts'
export type { WebSocketStreams } from './websocket/streams/to-streams.ts'
export { WebSocketClosedError } from './websocket/streams/closed-error.ts'

// Compression
export type { DeflateOptions } from './websocket/deflate/deflate-options.ts'

// Limits
export { DEFAULT_WEBSOCKET_LIMITS } from './websocket/websocket-limits.ts'
export type { WebSocketLimits } from './websocket/websocket-limits.ts'
export type { Rate } from './util/token-bucket.ts'

// Effects
export { systemClock } from './clock.ts'
export type { Clock, Timer } from './clock.ts'
export { consoleLogger, silentLogger } from './logger.ts'
export type { Logger } from './logger.ts'
