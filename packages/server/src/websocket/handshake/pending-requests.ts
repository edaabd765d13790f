// The connections of an HTTP server whose first request has not come, found by the socket that an event brings along.
import type { Duplex } from 'node:stream'
import { addressGroup } from './ip-address.ts'
import {
  PendingSockets,
  type PendingSocket,
  type PendingSocketsOptions,
  type Place,
} from './pending-sockets.ts'

/** A socket of Node, as far as it is looked at. */
export type NetSocket = Duplex & {
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
  readonly localAddress?: string | undefined
  readonly localPort?: number | undefined
}

/** Where a socket keeps what is pending of it. */
const PENDING = Symbol('roomcast.pendingRequest')

interface Marked {
  [PENDING]?: PendingRequest | undefined
}

export interface PendingRequestsOptions extends PendingSocketsOptions {
  /** Whether a connection has one socket, which all events bring along. */
  readonly hasOneSocketEach: boolean
}

/**
 * With TLS there are two sockets for one connection, and a session of HTTP/2 shows a stand-in of its own. There a
 * connection is known by the address and port that it came from, and only a Unix socket, which has none, by its object.
 * Elsewhere all are known by their object, which spares two system calls for each.
 */
export class PendingRequests {
  readonly #hasOneSocketEach: boolean
  readonly #sockets: PendingSockets<PendingRequest>
  readonly #byAddress = new Map<string, PendingRequest>()

  readonly #forget: OnEnd = ({ place, key, connection }) => {
    if (place !== undefined) this.#sockets.delete(place)
    if (key === undefined) (connection as Marked)[PENDING] = undefined
    else this.#byAddress.delete(key)
  }

  constructor(options: PendingRequestsOptions) {
    this.#hasOneSocketEach = options.hasOneSocketEach
    this.#sockets = new PendingSockets(options)
  }

  /** A connection has been made. `canAnswer` says that an answer in HTTP/1.1 would be understood. */
  begin(socket: NetSocket, canAnswer: boolean): void {
    const key = this.#keyOf(socket)
    // What TLS makes of a connection without an address could not be told from others; it is watched from then on.
    if (key === undefined && !canAnswer) return
    this.end(socket)
    const request = new PendingRequest(socket, canAnswer, key, this.#forget)
    if (key === undefined) (socket as Marked)[PENDING] = request
    else this.#byAddress.set(key, request)
    request.place = this.#sockets.add(request)
  }

  /** The handshake of TLS is over, and the same time goes on. */
  secured(socket: NetSocket): void {
    const request = this.of(socket)
    if (request !== undefined) request.replaceSocket(socket)
    else if (this.#keyOf(socket) === undefined) this.begin(socket, true)
  }

  /** The request has come, or the connection has gone. */
  end(socket: NetSocket | undefined): void {
    if (this.#sockets.size > 0) this.of(socket)?.release()
  }

  of(socket: NetSocket | undefined): PendingRequest | undefined {
    if (socket === undefined) return undefined
    const key = this.#keyOf(socket)
    return key === undefined ? (socket as Marked)[PENDING] : this.#byAddress.get(key)
  }

  reschedule(): void {
    this.#sockets.reschedule()
  }

  /** Watches none of them any more. */
  clear(): void {
    for (let oldest = this.#sockets.oldest; oldest !== undefined; oldest = this.#sockets.oldest)
      oldest.release()
  }

  #keyOf(socket: NetSocket): string | undefined {
    return this.#hasOneSocketEach ? undefined : addressKeyOf(socket)
  }
}

type OnEnd = (request: PendingRequest) => void

const TIMED_OUT = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/** A connection whose first request has not come. */
class PendingRequest implements PendingSocket {
  readonly group: string
  readonly connection: NetSocket
  readonly key: string | undefined
  place: Place<PendingRequest> | undefined
  readonly #onClose: () => void
  #socket: NetSocket
  /** Whether an answer in HTTP/1.1 would be understood. */
  #canAnswer: boolean

  constructor(connection: NetSocket, canAnswer: boolean, key: string | undefined, onEnd: OnEnd) {
    this.group = addressGroup(connection.remoteAddress ?? '')
    this.connection = connection
    this.key = key
    this.#socket = connection
    this.#canAnswer = canAnswer
    this.#onClose = () => onEnd(this)
    connection.on('close', this.#onClose)
  }

  /** The request has come. A connection may stay for days, and nothing of this with it. */
  release(): void {
    this.connection.off('close', this.#onClose)
    this.#onClose()
  }

  replaceSocket(socket: NetSocket): void {
    this.#socket = socket
    this.#canAnswer = true
  }

  spoil(): void {
    this.#canAnswer = false
  }

  end(reason: 'late' | 'crowded'): void {
    this.release()
    // What the peer does with its end must not matter, so nothing waits for it to take the answer.
    if (reason === 'late' && this.#canAnswer && this.#socket.writable) this.#socket.write(TIMED_OUT)
    this.#socket.destroy()
  }
}

/** Undefined for a Unix socket. */
function addressKeyOf(socket: NetSocket): string | undefined {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  // One address and port of a client may be connected to several of ours.
  return remotePort === undefined ? undefined : `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}
