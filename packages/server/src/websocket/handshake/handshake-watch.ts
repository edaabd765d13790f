// Keeps clients that never finish asking from filling an HTTP server ("slowloris"): every new connection has so long for
// the head of its first request, the handshake of TLS included, and an address can keep only so many waiting.
import type { Duplex } from 'node:stream'
import type { Clock } from '../../clock.ts'
import { processWide } from '../../util/process-wide.ts'
import type { WebSocketLimits } from '../websocket-limits.ts'
import { observeEvents } from './event-interceptor.ts'
import { isHttp2Server } from './http2-dispatcher.ts'
import { addressGroup } from './ip-address.ts'
import { PendingSockets, type PendingSocket } from './pending-sockets.ts'
import type { AnyHttpServer } from './upgrade-dispatcher.ts'

export interface HandshakeWatchOptions {
  readonly clock: Clock
  readonly limits: Pick<WebSocketLimits, 'handshakeTimeoutMs' | 'maxPendingPerAddress'>
}

const watches = processWide('handshake-watches', () => new WeakMap<AnyHttpServer, HandshakeWatch>())

/**
 * Watches the connections of an HTTP server from now on, for all of its requests: no matter what is asked for, it must be
 * asked in time. A server is watched once; of several limits the lowest hold. Returns a function that ends it.
 */
export function watchHandshakes(server: AnyHttpServer, options: HandshakeWatchOptions): () => void {
  let watch = watches.get(server)
  if (watch === undefined) {
    watch = new HandshakeWatch(server, options.clock)
    watches.set(server, watch)
  }
  return watch.require(options.limits)
}

type NetSocket = Duplex & {
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
  readonly localAddress?: string | undefined
  readonly localPort?: number | undefined
}

/** What the events that we look at bring along. */
interface Request {
  readonly httpVersionMajor: number
  readonly socket: NetSocket
}

interface Session {
  readonly destroyed: boolean
  readonly socket: NetSocket
}

/**
 * It observes events rather than listening to them, since servers of node:http behave differently when somebody listens.
 *
 * With TLS there are two sockets for one connection, and a session of HTTP/2 shows a stand-in of its own. There a
 * connection is known by the address and port that it came from, and only a Unix socket, which has none, by its object.
 * Elsewhere all are known by their object, which spares two system calls for each.
 */
class HandshakeWatch {
  readonly #server: AnyHttpServer
  readonly #knowsByObject: boolean
  readonly #limits = new Set<HandshakeWatchOptions['limits']>()
  #timeoutMs = Infinity
  #maxPerAddress = Infinity
  readonly #sockets: PendingSockets<string | object, PendingRequest>
  #stop: (() => void) | undefined

  constructor(server: AnyHttpServer, clock: Clock) {
    this.#server = server
    this.#knowsByObject = !this.#isSecure && !isHttp2Server(server)
    this.#sockets = new PendingSockets({
      clock,
      timeoutMs: () => this.#timeoutMs,
      maxPerGroup: () => this.#maxPerAddress,
    })
  }

  /** Holds these limits until the returned function is called. */
  require(limits: HandshakeWatchOptions['limits']): () => void {
    const own = { ...limits }
    this.#limits.add(own)
    this.#updateLowest()
    this.#sockets.reschedule()
    this.#stop ??= observeEvents(this.#server, (event, args) => this.#observe(event, args))
    return () => {
      this.#limits.delete(own)
      this.#updateLowest()
      if (this.#limits.size > 0) return
      this.#stop?.()
      this.#stop = undefined
      this.#sockets.clear()
    }
  }

  #observe(event: string | symbol, [first]: readonly unknown[]): void {
    switch (event) {
      case 'connection':
        return this.#begin(first as NetSocket, !this.#isSecure)
      case 'secureConnection':
        return this.#secured(first as NetSocket)
      case 'session':
        // HTTP/2 has no answer to a request that never came.
        return this.#pendingOf(socketOf(first as Session))?.spoil()
      case 'stream':
        return this.#end(socketOf((first as { session?: Session }).session))
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
      case 'upgrade':
      case 'connect':
        // Those of HTTP/2 were streams before.
        if ((first as Request).httpVersionMajor === 1) this.#end((first as Request).socket)
        return
      case 'unknownProtocol':
        return this.#end(first as NetSocket)
    }
  }

  get #isSecure(): boolean {
    return 'setSecureContext' in this.#server
  }

  #begin(socket: NetSocket, canAnswer: boolean): void {
    const key = this.#keyOf(socket)
    // What TLS makes of a connection without an address could not be told from others; it is watched from then on.
    if (typeof key === 'object' && !canAnswer) return
    const pending = new PendingRequest(socket, canAnswer, () => {
      if (this.#sockets.get(key) === pending) this.#sockets.delete(key)
    })
    this.#sockets.add(key, pending)
  }

  /** The handshake of TLS is over, and the same time goes on. */
  #secured(socket: NetSocket): void {
    const pending = this.#pendingOf(socket)
    if (pending !== undefined) pending.replaceSocket(socket)
    else if (typeof this.#keyOf(socket) === 'object') this.#begin(socket, true)
  }

  #end(socket: NetSocket | undefined): void {
    if (this.#sockets.size === 0 || socket === undefined) return
    const key = this.#keyOf(socket)
    this.#sockets.get(key)?.release()
    this.#sockets.delete(key)
  }

  #pendingOf(socket: NetSocket | undefined): PendingRequest | undefined {
    return socket && this.#sockets.get(this.#keyOf(socket))
  }

  #keyOf(socket: NetSocket): string | object {
    return this.#knowsByObject ? socket : addressKeyOf(socket)
  }

  #updateLowest(): void {
    const limits = [...this.#limits]
    this.#timeoutMs = Math.min(...limits.map(({ handshakeTimeoutMs }) => handshakeTimeoutMs))
    this.#maxPerAddress = Math.min(...limits.map(({ maxPendingPerAddress }) => maxPendingPerAddress))
  }
}

const TIMED_OUT = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/** A connection whose first request has not come. */
class PendingRequest implements PendingSocket {
  readonly group: string
  readonly #connection: NetSocket
  readonly #onClose: () => void
  #socket: NetSocket
  /** Whether an answer in HTTP/1.1 would be understood. */
  #canAnswer: boolean

  constructor(connection: NetSocket, canAnswer: boolean, onClose: () => void) {
    this.group = addressGroup(connection.remoteAddress ?? '')
    this.#connection = connection
    this.#onClose = onClose
    this.#socket = connection
    this.#canAnswer = canAnswer
    connection.on('close', onClose)
  }

  /** The request has come. A connection may stay for days, and nothing of this with it. */
  release(): void {
    this.#connection.off('close', this.#onClose)
  }

  replaceSocket(socket: NetSocket): void {
    this.#socket = socket
    this.#canAnswer = true
  }

  spoil(): void {
    this.#canAnswer = false
  }

  end(reason: 'late' | 'crowded'): void {
    // What the peer does with its end must not matter, so nothing waits for it to take the answer.
    if (reason === 'late' && this.#canAnswer && this.#socket.writable) this.#socket.write(TIMED_OUT)
    this.#socket.destroy()
  }
}

/** The stand-in of a session that is over throws whatever is asked of it. */
function socketOf(session: Session | undefined): NetSocket | undefined {
  return session === undefined || session.destroyed ? undefined : session.socket
}

function addressKeyOf(socket: NetSocket): string | object {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  // One address and port of a client may be connected to several of ours.
  return remotePort === undefined ? socket : `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}
