// A WebSocket server without rooms, for any number of HTTP servers.
import { systemClock } from '../../clock.ts'
import { consoleLogger } from '../../logger.ts'
import { systemRandom } from '../../random.ts'
import { checkLimits } from '../../util/check-limits.ts'
import { checkNames, describeValue } from '../../util/check-names.ts'
import { Heartbeat } from '../connection/heartbeat.ts'
import {
  assertDrainOptions,
  ConnectionSet,
  type DrainOptions,
  type OpenConnections,
} from '../connection/connection-set.ts'
import type { WebSocketConnection } from '../connection/websocket-connection.ts'
import { createDeflateEndpoint } from '../deflate/create-deflate-endpoint.ts'
import type { DeflateOptions } from '../deflate/deflate-options.ts'
import { resolveAttachOptions } from '../handshake/attach-options.ts'
import { HandshakeLog } from '../handshake/handshake-log.ts'
import type { AnyHttpServer } from '../handshake/upgrade-dispatcher.ts'
import { assertUpgradeOptions, type UpgradeOptions } from '../handshake/upgrade-options.ts'
import { openUpgradePlace, type UpgradePlace } from '../handshake/upgrade-place.ts'
import type { UpgradeRequest } from '../handshake/upgrade-request.ts'
import { DEFAULT_WEBSOCKET_LIMITS, type WebSocketLimits } from '../websocket-limits.ts'

/** Options of {@link createWebSocketServer}. */
export interface WebSocketServerOptions extends Omit<
  UpgradeOptions,
  'heartbeat' | 'open' | 'limits' | 'deflate' | 'log'
> {
  /**
   * Called with each new connection; call `setHandlers` on it, or read it with `messagesOf` or `toStreams`. What arrives
   * before waits. What it throws, or an asynchronous one rejects with, is logged and closes the connection with 1011.
   */
  readonly connection: (connection: WebSocketConnection, request: UpgradeRequest) => unknown
  /**
   * Whether to compress messages for clients that offer permessage-deflate (RFC 7692), and how.
   * @default false
   */
  readonly deflate?: boolean | Partial<DeflateOptions> | undefined
  /** What differs from {@link DEFAULT_WEBSOCKET_LIMITS}. */
  readonly limits?: Partial<WebSocketLimits> | undefined
}

const OPTION_NAMES: Readonly<Record<keyof WebSocketServerOptions, true>> = {
  connection: true,
  protocols: true,
  allowedOrigins: true,
  allowedHosts: true,
  trustedProxies: true,
  authorize: true,
  headers: true,
  deflate: true,
  limits: true,
  clock: true,
  logger: true,
}

/** Where to accept connections. */
export interface WebSocketAttachOptions {
  /**
   * The path of the WebSocket; the query does not matter. `'*'` stands for every path at which nothing else is attached;
   * then other upgrade handlers of the HTTP server hear of none.
   * @default '/'
   */
  readonly path?: string | undefined
  /**
   * Whether WebSockets over HTTP/2 (RFC 8441) are accepted too; clients are told so. Needs a server of node:http2, best
   * made with `http2ServerOptions()`.
   * @default false
   */
  readonly http2?: boolean | undefined
}

/** A server's place on an HTTP server. */
export interface WebSocketAttachment {
  /** Stops accepting there. Connections stay. */
  detach(): void
}

/** A WebSocket server. */
export interface WebSocketServer {
  /**
   * Accepts connections at a path of an HTTP server; other paths and other upgrade handlers are left alone.
   *
   * @throws {TypeError} if it is no HTTP server (that of an Express app is what `listen` returns), an option makes no sense,
   * or `http2` does not fit the server.
   * @throws {Error} if the path is taken.
   */
  attach(server: AnyHttpServer, options?: WebSocketAttachOptions): WebSocketAttachment
  /** The open connections. */
  readonly connections: OpenConnections
  /**
   * Accepts no more (503) and closes the connections in batches at random moments, so that the clients do not all come
   * back at once. Resolves when all are gone.
   */
  drain(options?: DrainOptions): Promise<void>
  /** Accepts no more, closes every connection with 1001 (going away), and resolves when all are gone. */
  close(): Promise<void>
}

/**
 * Makes a WebSocket server.
 *
 * @throws {TypeError} if an option makes no sense.
 * @example
 * const server = createWebSocketServer({
 *   connection: (connection) =>
 *     connection.setHandlers({ message: (data) => connection.send(data), close: () => {} }),
 * })
 * server.attach(httpServer, { path: '/echo' })
 */
export function createWebSocketServer(options: WebSocketServerOptions): WebSocketServer {
  assertOptions(options)
  assertUpgradeOptions(options)
  const limits = checkLimits('limits', options.limits, DEFAULT_WEBSOCKET_LIMITS)
  const { clock = systemClock, logger = consoleLogger } = options
  const { closeTimeoutMs } = limits
  const heartbeat = new Heartbeat({ clock, limits })
  const connections = new ConnectionSet({ clock, random: systemRandom, closeTimeoutMs })
  const places = new Set<UpgradePlace>()
  let isClosed = false

  const open = (connection: WebSocketConnection, request: UpgradeRequest): unknown => {
    connections.add(connection)
    return options.connection(connection, request)
  }
  const upgradeOptions: UpgradeOptions = {
    ...options,
    limits,
    heartbeat,
    open,
    log: new HandshakeLog(logger, clock),
    deflate: createDeflateEndpoint(options.deflate, limits, clock),
  }

  const refuseNewcomers = (): void => {
    isClosed = true
    for (const place of places) place.turnAway()
  }
  const end = (): void => {
    refuseNewcomers()
    for (const place of places) place.endSessions()
  }

  return {
    connections,
    attach(server, attachOptions) {
      const place = openUpgradePlace(server, {
        ...resolveAttachOptions(server, attachOptions, '/'),
        upgrade: upgradeOptions,
        isClosed: () => isClosed,
      })
      places.add(place)
      return { detach: () => place.detach() }
    },
    async drain(drainOptions) {
      assertDrainOptions(drainOptions)
      refuseNewcomers()
      await connections.drain(drainOptions)
      end()
    },
    async close() {
      end()
      await connections.closeAll(1001, 'going away')
      for (const place of places) place.detach()
    },
  }
}

function assertOptions(options: Partial<WebSocketServerOptions> | null | undefined): void {
  const { connection } = options ?? {}
  if (typeof connection !== 'function') {
    throw new TypeError(
      'createWebSocketServer needs `connection`: a function that is called with each new connection, such as ' +
        `{ connection: (connection) => connection.setHandlers({ … }) }, not ${describeValue(connection)}.`,
    )
  }
  checkNames('createWebSocketServer', options, Object.keys(OPTION_NAMES))
}
