// A WebSocket server without rooms, for any number of HTTP servers.
import type { Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import { systemClock } from '../../clock.ts'
import { Heartbeat } from '../connection/heartbeat.ts'
import type { WebSocketConnection } from '../connection/websocket-connection.ts'
import { refuseUpgrade } from '../handshake/refusal.ts'
import { onUpgrade } from '../handshake/upgrade-dispatcher.ts'
import type { UpgradeOptions } from '../handshake/upgrade-options.ts'
import type { UpgradeRequest } from '../handshake/upgrade-request.ts'
import { acceptUpgrade } from '../handshake/upgrade.ts'
import { DEFAULT_WEBSOCKET_LIMITS, type WebSocketLimits } from '../websocket-limits.ts'

/** Options of {@link createWebSocketServer}. */
export interface WebSocketServerOptions extends Omit<UpgradeOptions, 'heartbeat' | 'open' | 'limits'> {
  /** Called with each new connection; call `setHandlers` on it. What arrives before waits. */
  readonly connection: (connection: WebSocketConnection, request: UpgradeRequest) => void
  /** What differs from {@link DEFAULT_WEBSOCKET_LIMITS}. */
  readonly limits?: Partial<WebSocketLimits>
}

/** Where to accept connections. */
export interface WebSocketAttachOptions {
  /**
   * The path of the WebSocket; the query does not matter.
   * @default '/'
   */
  readonly path?: string
}

/** A server's place on an HTTP server. */
export interface WebSocketAttachment {
  /** Stops accepting there. Connections stay. */
  detach(): void
}

/** A WebSocket server. */
export interface WebSocketServer {
  /** Accepts connections at a path of an HTTP server; other paths and other upgrade handlers are left alone. */
  attach(server: HttpServer | HttpsServer, options?: WebSocketAttachOptions): WebSocketAttachment
  /** The open connections. */
  readonly connections: ReadonlySet<WebSocketConnection>
  /** Accepts no more, closes every connection with 1001 (going away), and resolves when all are gone. */
  close(): Promise<void>
}

/**
 * Makes a WebSocket server.
 *
 * @example
 * const server = createWebSocketServer({
 *   connection: (connection) =>
 *     connection.setHandlers({ message: (data) => connection.send(data), close: () => {} }),
 * })
 * server.attach(httpServer, { path: '/echo' })
 */
export function createWebSocketServer(options: WebSocketServerOptions): WebSocketServer {
  const limits = { ...DEFAULT_WEBSOCKET_LIMITS, ...options.limits }
  const heartbeat = new Heartbeat({ clock: options.clock ?? systemClock, limits })
  const connections = new Set<WebSocketConnection>()
  const detachers = new Set<() => void>()
  let closed: Promise<void> | undefined
  let onEmpty: (() => void) | undefined

  const open = (connection: WebSocketConnection, request: UpgradeRequest): void => {
    connections.add(connection)
    connection.onClosed(() => {
      connections.delete(connection)
      if (connections.size === 0) onEmpty?.()
    })
    options.connection(connection, request)
  }
  const upgradeOptions: UpgradeOptions = { ...options, limits, heartbeat, open }

  return {
    connections,
    attach(server, { path = '/' } = {}) {
      const detach = onUpgrade(server, path, (request, socket, head) => {
        if (closed) refuseUpgrade(socket, 503, { 'Retry-After': '1' })
        else acceptUpgrade(request, socket, head, upgradeOptions)
      })
      detachers.add(detach)
      return { detach }
    },
    close() {
      return (closed ??= new Promise((resolve) => {
        for (const detach of detachers) detach()
        if (connections.size === 0) return resolve()
        onEmpty = resolve
        for (const connection of connections) connection.close(1001, 'going away')
      }))
    },
  }
}
