// A server of node:http2 with an echo at /echo, in cleartext or over TLS, for tests that need one.
import { once } from 'node:events'
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type Http2Session,
  type SecureServerOptions,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Logger } from '@roomcast/server'
import {
  createWebSocketServer,
  http2ServerOptions,
  type UpgradeRequest,
  type WebSocketCloseEvent,
  type WebSocketConnection,
  type WebSocketServer,
  type WebSocketServerOptions,
} from '@roomcast/server/websocket'
import { localCertificate } from './tls.ts'

/** A running echo. Dispose of it when done. */
export interface Http2Echo extends AsyncDisposable {
  readonly port: number
  readonly http: Http2Server | Http2SecureServer
  readonly server: WebSocketServer
  /** Every connection and its request, in order; the closed ones too. */
  readonly opened: readonly { readonly connection: WebSocketConnection; readonly request: UpgradeRequest }[]
  /** How connections ended, in order. */
  readonly closes: readonly WebSocketCloseEvent[]
  /** What was logged as a warning or an error. */
  readonly complaints: readonly string[]
}

export interface Http2EchoOptions {
  readonly isSecure?: boolean
  /** @default true */
  readonly http2?: boolean
  /** @default those of `http2ServerOptions()` */
  readonly serverOptions?: SecureServerOptions
  readonly webSocket?: Partial<WebSocketServerOptions>
  /** Called before the server listens. */
  readonly prepare?: (http: Http2Server | Http2SecureServer) => void
}

/** Starts an echo. */
export async function startHttp2Echo(options: Http2EchoOptions = {}): Promise<Http2Echo> {
  const { isSecure = false, http2 = true, serverOptions = http2ServerOptions(), webSocket, prepare } = options
  const opened: { connection: WebSocketConnection; request: UpgradeRequest }[] = []
  const closes: WebSocketCloseEvent[] = []
  const complaints: string[] = []
  const complain: Logger['warn'] = (_, message) => void complaints.push(message)
  const server = createWebSocketServer({
    connection: (connection, request) => {
      opened.push({ connection, request })
      connection.setHandlers({
        message: (data) => void connection.send(data),
        close: (event) => void closes.push(event),
      })
    },
    logger: { debug: () => {}, info: () => {}, warn: complain, error: complain },
    ...webSocket,
  })
  const http = isSecure
    ? createSecureServer({ ...serverOptions, ...(await localCertificate()) })
    : createServer(serverOptions)
  const sessions = new Set<Http2Session>()
  http.on('session', (session) => sessions.add(session))
  prepare?.(http)
  server.attach(http, { path: '/echo', http2 })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return {
    port: (http.address() as AddressInfo).port,
    http,
    server,
    opened,
    closes,
    complaints,
    async [Symbol.asyncDispose]() {
      // A test that failed may have left any of them open.
      for (const connection of server.connections) connection.terminate()
      await server.close()
      for (const session of sessions) session.destroy()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
