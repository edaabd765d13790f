// The server under test: one process, one HTTP server for each transport, and on them WebSocket servers as tests want.
import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http'
import {
  createSecureServer as createHttp2Server,
  type Http2SecureServer,
  type ServerHttp2Session,
} from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import {
  createWebSocketServer,
  http2ServerOptions,
  silentLogger,
  type WebSocketConnection,
  type WebSocketServer,
  type WebSocketServerOptions,
} from '@roomcast/server/websocket'
import { localCertificate } from '../support/tls.ts'
import { nextTurn, PATIENCE_MS } from './patience.ts'
import { Served, type Application } from './served.ts'

/** `h1`: HTTP/1.1. `tls`: the same over TLS. `h2`: extended CONNECT (RFC 8441) over TLS. */
export const TRANSPORTS = ['h1', 'tls', 'h2'] as const
export type TransportName = (typeof TRANSPORTS)[number]

export type ServerOptions = Omit<WebSocketServerOptions, 'connection'>
/** Makes the servers under test; others than ours are given to see that tests can fail. */
export type ServerFactory = (options: WebSocketServerOptions) => WebSocketServer

/** What the HTTP servers answer to requests that are no handshakes. */
export const PLAIN_HTTP = 'plain HTTP'

/**
 * The limits of rates are for the items that are about them, and so are deadlines: a handshake of one byte a turn takes as long
 * as a busy machine lets it.
 */
const ANY = { perSecond: Infinity, burst: Infinity }
const LENIENT_LIMITS = {
  messageRate: ANY,
  byteRate: ANY,
  controlFrameRate: ANY,
  streamResetRate: ANY,
  maxPendingPerAddress: Infinity,
  handshakeTimeoutMs: 2 * PATIENCE_MS,
  noProgressTimeoutMs: 2 * PATIENCE_MS,
}

/** A WebSocket server at a path of its own. */
export class Endpoint {
  readonly path: string
  readonly server: WebSocketServer
  readonly #served = new Map<string, Served>()
  #lastId = 0

  constructor(path: string, options: ServerOptions, factory: ServerFactory) {
    this.path = path
    this.server = factory({
      logger: silentLogger,
      ...options,
      limits: { ...LENIENT_LIMITS, ...options.limits },
      connection: (connection, request) => this.#open(connection, request.url),
    })
  }

  /** Whether a connection was ever opened here. */
  get hasOpened(): boolean {
    return [...this.#served.values()].some(({ isOpened }) => isOpened)
  }

  /** A place for the server's end of a connection that is about to be made, and the target to make it at. */
  expect(application?: Application): { served: Served; target: string } {
    const id = String(++this.#lastId)
    const served = new Served(application)
    this.#served.set(id, served)
    return { served, target: `${this.path}?id=${id}` }
  }

  #open(connection: WebSocketConnection, url: string): void {
    const id = url.slice(url.indexOf('?id=') + 4)
    // A test that writes its own request target has made no place for it.
    const served = this.#served.get(id) ?? new Served(undefined)
    this.#served.set(id, served)
    served.open(connection)
  }
}

type AnyServer = HttpServer | Http2SecureServer

/** An HTTP server that listens. */
export interface Listener {
  readonly http: AnyServer
  readonly port: number
  /** Puts a WebSocket server at a path that nobody else has. */
  endpoint(options?: ServerOptions): Endpoint
  /** Ends it and what is left of its connections. */
  stop(): Promise<void>
}

/** The process under test. Dispose of it when done. */
export class Host implements AsyncDisposable {
  readonly #factory: ServerFactory
  readonly #shared = new Map<TransportName, Promise<Listener>>()
  #lastPath = 0

  private constructor(factory: ServerFactory) {
    this.#factory = factory
  }

  static async start(
    factory: ServerFactory = createWebSocketServer,
    transports: readonly TransportName[] = TRANSPORTS,
  ): Promise<Host> {
    const host = new Host(factory)
    await Promise.all(transports.map((transport) => host.listener(transport)))
    return host
  }

  /** The listener of a transport that all tests share. */
  listener(transport: TransportName): Promise<Listener> {
    let listener = this.#shared.get(transport)
    if (listener === undefined) this.#shared.set(transport, (listener = this.listen(transport)))
    return listener
  }

  /** A listener of one's own. */
  async listen(transport: TransportName): Promise<Listener> {
    const http = await createServer(transport)
    const sessions = new Set<ServerHttp2Session>()
    http.on('session', (session: ServerHttp2Session) => {
      sessions.add(session)
      session.once('close', () => sessions.delete(session))
    })
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    return {
      http,
      port: (http.address() as AddressInfo).port,
      endpoint: (options = {}) => {
        const endpoint = new Endpoint(`/e${++this.#lastPath}`, options, this.#factory)
        endpoint.server.attach(http, { path: endpoint.path, http2: transport === 'h2' })
        return endpoint
      },
      stop: async () => {
        await nextTurn()
        for (const session of sessions) session.destroy()
        if ('closeAllConnections' in http) http.closeAllConnections()
        await new Promise((resolve) => http.close(resolve))
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const listener of this.#shared.values()) await (await listener).stop()
  }
}

async function createServer(transport: TransportName): Promise<AnyServer> {
  const plain: RequestListener = (_request, response) => response.end(PLAIN_HTTP)
  if (transport === 'h1') return createHttpServer(plain)
  const certificate = await localCertificate()
  if (transport === 'tls') return createHttpsServer(certificate, plain)
  return createHttp2Server({ ...http2ServerOptions(), ...certificate, allowHTTP1: true })
}
