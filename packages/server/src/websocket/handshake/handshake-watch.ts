// Keeps clients that never finish asking from filling an HTTP server ("slowloris"): every new connection has so long for
// the head of its first request, the handshake of TLS included, and an address can keep only so many waiting.
import type { Clock } from '../../clock.ts'
import { processWide } from '../../util/process-wide.ts'
import type { WebSocketLimits } from '../websocket-limits.ts'
import { observeEvents } from './event-interceptor.ts'
import { isHttp2Server } from './http2-dispatcher.ts'
import { PendingRequests, type NetSocket } from './pending-requests.ts'
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
 */
class HandshakeWatch {
  readonly #server: AnyHttpServer
  readonly #limits = new Set<HandshakeWatchOptions['limits']>()
  #timeoutMs = Infinity
  #maxPerAddress = Infinity
  readonly #requests: PendingRequests
  #stop: (() => void) | undefined

  constructor(server: AnyHttpServer, clock: Clock) {
    this.#server = server
    this.#requests = new PendingRequests({
      clock,
      timeoutMs: () => this.#timeoutMs,
      maxPerGroup: () => this.#maxPerAddress,
      hasOneSocketEach: !this.#isSecure && !isHttp2Server(server),
    })
  }

  /** Holds these limits until the returned function is called. */
  require(limits: HandshakeWatchOptions['limits']): () => void {
    const own = { ...limits }
    this.#limits.add(own)
    this.#updateLowest()
    this.#requests.reschedule()
    this.#stop ??= observeEvents(this.#server, (event, args) => this.#observe(event, args))
    return () => {
      this.#limits.delete(own)
      this.#updateLowest()
      if (this.#limits.size > 0) return
      this.#stop?.()
      this.#stop = undefined
      this.#requests.clear()
    }
  }

  #observe(event: string | symbol, [first]: readonly unknown[]): void {
    switch (event) {
      case 'connection':
        return this.#requests.begin(first as NetSocket, !this.#isSecure)
      case 'secureConnection':
        return this.#requests.secured(first as NetSocket)
      case 'session':
        // HTTP/2 has no answer to a request that never came.
        return this.#requests.of(socketOf(first as Session))?.spoil()
      case 'stream':
        return this.#requests.end(socketOf((first as { session?: Session }).session))
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
      case 'upgrade':
      case 'connect':
        // Those of HTTP/2 were streams before.
        if ((first as Request).httpVersionMajor === 1) this.#requests.end((first as Request).socket)
        return
      case 'unknownProtocol':
        return this.#requests.end(first as NetSocket)
    }
  }

  get #isSecure(): boolean {
    return 'setSecureContext' in this.#server
  }

  #updateLowest(): void {
    const limits = [...this.#limits]
    this.#timeoutMs = Math.min(...limits.map(({ handshakeTimeoutMs }) => handshakeTimeoutMs))
    this.#maxPerAddress = Math.min(...limits.map(({ maxPendingPerAddress }) => maxPendingPerAddress))
  }
}

/** The stand-in of a session that is over throws whatever is asked of it. */
function socketOf(session: Session | undefined): NetSocket | undefined {
  return session === undefined || session.destroyed ? undefined : session.socket
}
