// One end of an open WebSocket connection, as applications see it.
import type { Duplex } from 'node:stream'
import { describeValue } from '../../util/check-names.ts'
import { assertClosable } from '../protocol/close-payload.ts'
import type { ProtocolState } from '../protocol/websocket-protocol.ts'
import type { Compression } from './compression.ts'
import { ConnectionCore } from './connection-core.ts'
import type { ConnectionContext } from './connection-context.ts'
import type { WebSocketCloseEvent, WebSocketHandlers } from './message-delivery.ts'
import type { OutgoingSide } from './outgoing-side.ts'
import { PreparedMessage, type MessageOptions } from './prepared-message.ts'

/** What one connection has of its own. */
export interface WebSocketConnectionOptions {
  /** The selected subprotocol. @default none */
  readonly subprotocol?: string
  /** What the handshake agreed on; undefined if no compression. */
  readonly compression?: Compression | undefined
  /** The address of the peer. @default what the stream says */
  readonly remoteAddress?: string | undefined
  /** What arrived behind the handshake. */
  readonly head?: Uint8Array
}

/** Someone who keeps count of connections; told by a method, since a closure for each would cost more than the count. */
export interface ConnectionKeeper {
  /** The stream of a connection is gone, which had this seat. */
  forget(connection: WebSocketConnection, seat: number): void
}

/**
 * What of a connection a group needs.
 *
 * @throws {TypeError} for anything that is not a connection of this package.
 */
export let outgoingSideOf: (connection: WebSocketConnection) => OutgoingSide

/**
 * One end of an open WebSocket connection over any duplex stream: a TCP or TLS socket, an HTTP/2 stream.
 *
 * Guarantees: messages are delivered whole and in order; the close event comes once and last; whatever the peer does,
 * nothing throws and no error event of the stream is left unhandled; what is sent in one turn leaves in one write; what
 * handlers send in answer to the messages before the peer's Close leaves before ours.
 */
export class WebSocketConnection {
  /** The selected subprotocol, empty if none. */
  readonly subprotocol: string
  /** The address of the peer, if it is known. */
  readonly remoteAddress: string | undefined
  readonly #core: ConnectionCore
  #ended: Promise<WebSocketCloseEvent> | undefined
  #keeper: ConnectionKeeper | undefined
  #seat = -1

  static {
    outgoingSideOf = (connection) => {
      const isConnection = typeof connection === 'object' && connection !== null && #core in connection
      if (isConnection) return connection.#core.outgoing
      throw new TypeError(`A member is a connection of this package, not ${describeValue(connection)}.`)
    }
  }

  /**
   * Takes the stream over; it has written the handshake's answer and nobody else listens to it.
   *
   * @internal
   */
  constructor(socket: Duplex, context: ConnectionContext, options: WebSocketConnectionOptions = {}) {
    this.subprotocol = options.subprotocol ?? ''
    this.remoteAddress = options.remoteAddress ?? remoteAddressOf(socket)
    this.#core = new ConnectionCore(socket, context, this, options)
  }

  /** `closing` once our Close frame is queued, `closed` once nothing more will be exchanged. */
  get state(): ProtocolState {
    return this.#core.state
  }

  /** Everything that was sent and not yet taken by the operating system, in bytes; what groups were sent counts from the end of the turn. */
  get bufferedBytes(): number {
    return this.#core.outgoing.bufferedBytes
  }

  /** Whether more than the high-water mark waits to be sent, so that `drain` will be called. */
  get isCongested(): boolean {
    return this.#core.outgoing.isCongested
  }

  /** How the connection ended, once its stream is gone; never rejects. Messages may still wait to be delivered then. */
  get closed(): Promise<WebSocketCloseEvent> {
    return (this.#ended ??= new Promise((resolve) => {
      const event = this.#core.closeEvent
      if (event === undefined) this.#core.onGone(resolve)
      else resolve(event)
    }))
  }

  /**
   * Begins delivery, first of what arrived before. A connection is read by one: its handlers, an iterator or streams.
   *
   * @throws {TypeError} for what are no handlers.
   * @throws {Error} if it is being read already.
   */
  setHandlers(handlers: WebSocketHandlers): void {
    this.#core.incoming.setHandlers(handlers)
  }

  /**
   * Calls back once when the stream is gone, whether or not there are handlers.
   *
   * @internal
   */
  onGone(callback: () => void): void {
    this.#core.onGone(callback)
  }

  /**
   * Has one keeper told when the stream is gone, and the seat that it gave last.
   *
   * @internal
   */
  keepBy(keeper: ConnectionKeeper, seat: number): void {
    this.#keeper = keeper
    this.#seat = seat
  }

  /** @internal */
  gone(): void {
    this.#keeper?.forget(this, this.#seat)
  }

  /**
   * Sends a string as a text message, bytes as a binary one. The bytes are copied. False, and nothing sent, once closing
   * began.
   *
   * @throws {TypeError} for anything else.
   */
  send(data: string | Uint8Array, options?: MessageOptions): boolean {
    const core = this.#core
    return core.isOpen && core.outgoing.send(data, options)
  }

  /**
   * Sends a message that may be shared with other connections. False, and nothing sent, once closing began.
   *
   * @throws {TypeError} for what `prepareMessage` did not make.
   */
  sendPrepared(message: PreparedMessage): boolean {
    if (!(message instanceof PreparedMessage)) {
      throw new TypeError(`sendPrepared takes what prepareMessage made, not ${describeValue(message)}.`)
    }
    const core = this.#core
    return core.isOpen && core.outgoing.sendPrepared(message)
  }

  /** Sends a ping; any byte that arrives answers it. Ignored once closing began. */
  ping(): void {
    this.#core.ping()
  }

  /**
   * Starts the closing handshake after what was sent. Messages that have not been delivered are dropped. Ignored once
   * closing began.
   *
   * @param code Defaults to 1000.
   * @throws RangeError for a code that must not be sent (1005, 1006, 1015, reserved ones) or a reason of more than
   * 123 bytes.
   */
  close(code?: number, reason?: string): void {
    assertClosable(code, reason)
    this.#core.close(code, reason)
  }

  /** Ends the connection at once and drops what was neither sent nor delivered. */
  terminate(): void {
    this.#core.terminate()
  }

  /** Stops delivery, within one message. What keeps arriving waits, and soon the peer does. */
  pause(): void {
    this.#core.incoming.pause()
  }

  resume(): void {
    this.#core.incoming.resume()
  }
}

/** Only some streams have an address. */
function remoteAddressOf(socket: Duplex): string | undefined {
  const address = 'remoteAddress' in socket ? socket.remoteAddress : undefined
  return typeof address === 'string' ? address : undefined
}
