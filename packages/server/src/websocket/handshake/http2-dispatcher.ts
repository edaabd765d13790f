// Extended CONNECT requests (RFC 8441) of one HTTP/2 server, by path, before anybody else sees their streams.
import {
  constants,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Duplex } from 'node:stream'
import { processWide } from '../../util/process-wide.ts'
import { interceptEvent } from './event-interceptor.ts'
import { refuseConnect } from './http2-refusal.ts'
import { Http2SessionGuard, type Http2SessionGuardOptions } from './http2-session-guard.ts'
import type { Http2Connect } from './http2-upgrade.ts'
import { findByPath, type AnyHttpServer } from './upgrade-dispatcher.ts'

/** Answers a CONNECT; from here on the stream is its own. */
export type ConnectHandler = (connect: Http2Connect) => void

/** A path that is served over HTTP/2. */
export interface ConnectPlace {
  /** Calls back no more. */
  stop(): void
  /** Ends the sessions that carried WebSockets of this place and of no other, each once it carries none. */
  endSessions(): void
}

type AnyHttp2Server = Http2Server | Http2SecureServer

type StreamArguments = [
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  rawHeaders: readonly string[],
]

const dispatchers = processWide('http2-dispatchers', () => new WeakMap<AnyHttp2Server, Http2Dispatcher>())

/**
 * Calls back for extended CONNECT requests at a path, or with `'*'` at every path that nobody else has, and tells clients
 * that they may send them: every session that begins from now on has SETTINGS_ENABLE_CONNECT_PROTOCOL in its first
 * SETTINGS.
 *
 * Node's compatibility layer, which Fastify uses, answers every CONNECT with 405, so those streams are taken out before
 * the `stream` event is emitted. A CONNECT that is not for our paths goes to the `connect` listeners of the server, or
 * is refused if there are none.
 *
 * @throws {TypeError} if the server does not speak HTTP/2.
 * @throws {Error} if the path is taken.
 */
export function onConnect(
  server: AnyHttpServer,
  path: string,
  handler: ConnectHandler,
  options: Http2SessionGuardOptions,
): ConnectPlace {
  assertHttp2(server)
  let dispatcher = dispatchers.get(server)
  if (!dispatcher) {
    dispatcher = new Http2Dispatcher(server, options)
    dispatchers.set(server, dispatcher)
  }
  return dispatcher.add(path, handler)
}

/** Whether a server speaks HTTP/2. */
export function isHttp2Server(server: AnyHttpServer): server is AnyHttp2Server {
  return 'updateSettings' in server
}

/** @throws {TypeError} that says how to make a server that does. */
export function assertHttp2(server: AnyHttpServer): asserts server is AnyHttp2Server {
  if (isHttp2Server(server)) return
  throw new TypeError(
    '`http2: true` needs a server of node:http2, such as createSecureServer({ ...http2ServerOptions(), key, cert, allowHTTP1: true }).',
  )
}

class Http2Dispatcher {
  readonly #server: AnyHttp2Server
  readonly #options: Http2SessionGuardOptions
  readonly #handlers = new Map<string, ConnectHandler>()
  readonly #guards = new Map<ServerHttp2Session, Http2SessionGuard>()
  /** Node lets nobody touch the socket of a session, but one that a dead peer holds up can be ended in no other way. */
  readonly #sockets = new WeakMap<ServerHttp2Session, Duplex>()
  #newestSocket: Duplex | undefined
  #hasWarned = false

  constructor(server: AnyHttp2Server, options: Http2SessionGuardOptions) {
    this.#server = server
    this.#options = options
    interceptEvent(server, 'stream', (...args: StreamArguments) => this.#dispatch(...args))
    interceptEvent(server, 'timeout', (session: ServerHttp2Session) => this.#keepAlive(session))
    // Node lets idle sessions stay for ever unless it is told otherwise; one that carries a WebSocket is kept alive below.
    if ((server as { timeout?: number }).timeout === 0) server.setTimeout(options.limits.idleSessionTimeoutMs)
    // A session begins while the event is emitted that brings its socket.
    const noteSocket = (socket: Duplex): boolean => {
      this.#newestSocket = socket
      return false
    }
    interceptEvent(server, 'setSecureContext' in server ? 'secureConnection' : 'connection', noteSocket)
    interceptEvent(server, 'session', (session: ServerHttp2Session) => {
      if (this.#newestSocket !== undefined) this.#sockets.set(session, this.#newestSocket)
      this.#newestSocket = undefined
      return false
    })
  }

  add(path: string, handler: ConnectHandler): ConnectPlace {
    if (this.#handlers.has(path)) throw new Error(`Something is attached at ${path} of this server already.`)
    this.#handlers.set(path, handler)
    // Of what the server was made with, this changes nothing but the one setting.
    this.#server.updateSettings({ enableConnectProtocol: true })
    return {
      stop: () => {
        if (this.#handlers.get(path) !== handler) return
        this.#handlers.delete(path)
        if (this.#handlers.size === 0 && !this.#hasOthers) {
          this.#server.updateSettings({ enableConnectProtocol: false })
        }
      },
      endSessions: () => {
        for (const guard of this.#guards.values()) guard.leave(handler)
      },
    }
  }

  /** Whether the stream was one of ours, or nobody's and refused. */
  #dispatch(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    flags: number,
    rawHeaders: readonly string[],
  ): boolean {
    if (headers[':method'] !== 'CONNECT') return false
    const { session } = stream
    const isWebSocket = headers[':protocol'] === 'websocket'
    const handler = isWebSocket ? findByPath(this.#handlers, headers[':path']) : undefined
    if (handler === undefined && this.#hasOthers) return false
    // A stream without a session is one whose session is over.
    if (session === undefined || !this.#guardOf(session as ServerHttp2Session).admit(stream, handler))
      return true
    if (handler !== undefined) {
      handler({ stream, headers, rawHeaders, isEnded: (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0 })
    } else if (headers[':protocol'] === undefined) {
      // It asks for a tunnel to somewhere else.
      this.#refuse(stream, 405, { Allow: 'GET' })
    } else {
      this.#refuse(stream, isWebSocket ? 404 : 501)
    }
    return true
  }

  /** Somebody who answers CONNECT requests of Node's compatibility layer. */
  get #hasOthers(): boolean {
    return this.#server.listenerCount('connect') > 0
  }

  #refuse(stream: ServerHttp2Stream, status: number, headers: Readonly<Record<string, string>> = {}): void {
    const { clock, limits } = this.#options
    refuseConnect(stream, status, headers, { clock, lingerMs: limits.closeTimeoutMs })
  }

  #guardOf(session: ServerHttp2Session): Http2SessionGuard {
    let guard = this.#guards.get(session)
    if (guard === undefined) {
      guard = new Http2SessionGuard(session, this.#sockets.get(session), this.#options)
      this.#guards.set(session, guard)
      session.once('close', () => this.#guards.delete(session))
      this.#warnOfLaxLimits(session)
    }
    return guard
  }

  /** Node destroys a session that was idle for its timeout, if nobody listens. Whether it is to stay. */
  #keepAlive(session: ServerHttp2Session & { timeout?: number }): boolean {
    if (this.#guards.get(session)?.isInUse !== true) return false
    // It tells of a timeout once, and keeps in a property that is not declared what `setTimeout` was given.
    session.setTimeout(session.timeout ?? 0, () => {
      if (!this.#server.emit('timeout', session)) session.destroy()
    })
    return true
  }

  /** Our own limits hold for WebSockets; nothing but the server's holds for its other streams. */
  #warnOfLaxLimits({ localSettings: { maxConcurrentStreams } }: ServerHttp2Session): void {
    if (this.#hasWarned || (maxConcurrentStreams ?? Infinity) <= MANY_STREAMS) return
    this.#hasWarned = true
    this.#options.logger.warn(
      { maxConcurrentStreams },
      'the HTTP/2 server limits the streams of a session hardly or not at all: create it with http2ServerOptions()',
    )
  }
}

/** Far more than a browser needs. */
const MANY_STREAMS = 1000
