// The I/O shell of the protocol machine: a stream on one side, the application on the other. It owns no rule of the
// protocol; it moves bytes and events, watches deadlines and limits, and ends the stream.
import type { Duplex } from 'node:stream'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../logger.ts'
import { assertClosable } from '../protocol/close-payload.ts'
import type { Role } from '../protocol/frame-header.ts'
import { protocolErrors, type WebSocketProtocolError } from '../protocol/protocol-error.ts'
import type { ClosedEvent, ProtocolEvent } from '../protocol/protocol-event.ts'
import { WebSocketProtocol, type ProtocolState } from '../protocol/websocket-protocol.ts'
import type { WebSocketLimits } from '../websocket-limits.ts'
import { abortSocket } from './abort-socket.ts'
import type { Compression } from './compression.ts'
import { ConnectionDeadlines, type Overdue } from './connection-deadlines.ts'
import { ConnectionWatch } from './connection-watch.ts'
import type { Heartbeat } from './heartbeat.ts'
import { IncomingSide } from './incoming-side.ts'
import type { WebSocketCloseEvent, WebSocketHandlers } from './message-delivery.ts'
import { OutgoingSide } from './outgoing-side.ts'
import { prepareMessage, type MessageOptions, type PreparedMessage } from './prepared-message.ts'

export interface WebSocketConnectionOptions {
  /** @default 'server' */
  readonly role?: Role
  /** The next masking key; clients must give one (RFC 6455 §5.3). */
  readonly generateMask?: () => number
  /** The selected subprotocol, empty if none. */
  readonly subprotocol: string
  /** What the handshake agreed on; undefined if no compression. */
  readonly compression?: Compression | undefined
  /** The address of the peer. @default what the stream says */
  readonly remoteAddress?: string | undefined
  /** What arrived behind the handshake. */
  readonly head?: Uint8Array
  readonly limits: WebSocketLimits
  readonly clock: Clock
  readonly logger: Logger
  readonly heartbeat: Heartbeat
}

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
  readonly #socket: Duplex
  readonly #options: WebSocketConnectionOptions
  readonly #protocol: WebSocketProtocol
  readonly #incoming: IncomingSide
  readonly #outgoing: OutgoingSide
  readonly #deadlines: ConnectionDeadlines
  readonly #watch: ConnectionWatch
  #closed: ClosedEvent | undefined
  #onClosedCallback: (() => void) | undefined
  #onEnd: ((event: WebSocketCloseEvent) => void) | undefined
  #ended: Promise<WebSocketCloseEvent> | undefined
  /** Whether `close` was called; its frame may still wait for messages that are being compressed. */
  #isClosing = false
  /** Whether the stream is gone. */
  #isGone = false

  /**
   * Takes the stream over; it has written the handshake's answer and nobody else listens to it.
   *
   * @internal
   */
  constructor(socket: Duplex, options: WebSocketConnectionOptions) {
    const { role = 'server', generateMask, compression, limits, clock, heartbeat, head } = options
    const isClient = role === 'client'
    this.subprotocol = options.subprotocol
    this.remoteAddress = options.remoteAddress ?? remoteAddressOf(socket)
    this.#socket = socket
    this.#options = options
    this.#protocol = new WebSocketProtocol({
      role,
      limits,
      allowsCompression: compression !== undefined,
      ...(generateMask && { generateMask }),
    })
    this.#deadlines = new ConnectionDeadlines(limits, clock.monotonic())
    this.#incoming = new IncomingSide({
      socket,
      protocol: this.#protocol,
      decompressor: compression?.decompressor,
      deadlines: this.#deadlines,
      limits,
      clock,
      isOpen: () => this.state === 'open',
      onRead: (nowMs) => this.#settle(nowMs),
      onInvalid: (error) => this.#reject(error),
      onTooMuch: (error) => this.#fail(error),
      onHandlerError: (error) => this.#failInternally(error),
    })
    this.#outgoing = new OutgoingSide({
      socket,
      protocol: this.#protocol,
      isClient,
      compressor: compression?.compressor,
      deadlines: this.#deadlines,
      limits,
      clock,
      // §7.1.1: after a clean close the server ends the stream, so that it is the one to wait in TIME_WAIT.
      mayEnd: () => !isClient || this.#closed?.wasClean !== true,
      onDrain: () => this.#incoming.drained(),
    })
    this.#watch = new ConnectionWatch({
      deadlines: this.#deadlines,
      isReadingPaused: () => socket.isPaused(),
      isForgotten: () => this.#incoming.isForgotten,
      logger: options.logger,
      ping: () => this.ping(),
      onOverdue: (overdue, nowMs) => this.#act(overdue, nowMs),
    })
    heartbeat.add(this.#watch)
    if (head !== undefined && head.length > 0) this.#incoming.receive(head)
    socket.on('data', (chunk: Uint8Array) => this.#incoming.receive(chunk))
    socket.on('end', () => this.#onStreamEnd())
    socket.on('error', (error) => this.#onError(error))
    socket.on('close', () => this.#onClose())
    this.#incoming.updateReading()
  }

  /** `closing` once our Close frame is queued, `closed` once nothing more will be exchanged. */
  get state(): ProtocolState {
    return this.#isClosing && this.#protocol.state === 'open' ? 'closing' : this.#protocol.state
  }

  /** Everything that was sent and not yet taken by the operating system, in bytes. */
  get bufferedBytes(): number {
    return this.#outgoing.bufferedBytes
  }

  /** Whether more than the high-water mark waits to be sent, so that `drain` will be called. */
  get isCongested(): boolean {
    return this.#outgoing.isCongested
  }

  /** How the connection ended, once its stream is gone; never rejects. Messages may still wait to be delivered then. */
  get closed(): Promise<WebSocketCloseEvent> {
    return (this.#ended ??= new Promise((resolve) => {
      if (this.#isGone) resolve(this.#closeEvent)
      else this.#onEnd = resolve
    }))
  }

  /**
   * Begins delivery, first of what arrived before. A connection is read by one: its handlers, an iterator or streams.
   *
   * @throws {TypeError} for what are no handlers.
   * @throws {Error} if it is being read already.
   */
  setHandlers(handlers: WebSocketHandlers): void {
    this.#incoming.setHandlers(handlers)
  }

  /**
   * Calls back once when the stream is gone, whether or not there are handlers; for the one who keeps count.
   *
   * @internal
   */
  onClosed(callback: () => void): void {
    this.#onClosedCallback = callback
  }

  /**
   * Sends a string as a text message, bytes as a binary one. The bytes are copied. False, and nothing sent, once closing
   * began.
   */
  send(data: string | Uint8Array, options?: MessageOptions): boolean {
    return this.state === 'open' && this.sendPrepared(prepareMessage(data, options))
  }

  /** Sends a message that may be shared with other connections. False, and nothing sent, once closing began. */
  sendPrepared(message: PreparedMessage): boolean {
    if (this.state !== 'open') return false
    if (this.#outgoing.send(message)) return true
    // Behind what the peer does not read, the Close frame would not be read either.
    this.#protocol.dropOutput()
    this.#fail(protocolErrors.tooMuchBuffered)
    return false
  }

  /** Sends a ping; any byte that arrives answers it. Ignored once closing began. */
  ping(): void {
    this.#protocol.sendPing()
    this.#deadlines.pinged(this.#options.clock.monotonic())
    this.#outgoing.flush()
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
    this.#incoming.clear()
    if (this.state === 'open') {
      this.#isClosing = true
      this.#deadlines.closing(this.#options.clock.monotonic())
      this.#outgoing.afterAll(() => {
        this.#protocol.close(code, reason)
        this.#settle()
      })
    }
    // The peer has gone already; the end no longer waits behind messages that nobody will take.
    this.#incoming.run()
  }

  /** Ends the connection at once and drops what was neither sent nor delivered. */
  terminate(): void {
    this.#incoming.clear()
    this.#abort()
  }

  /** Stops delivery, within one message. What keeps arriving waits, and soon the peer does. */
  pause(): void {
    this.#incoming.pause()
  }

  resume(): void {
    this.#incoming.resume()
  }

  #act(overdue: Overdue, nowMs: number): void {
    if (overdue === 'message') {
      this.#fail(protocolErrors.messageTimeout)
    } else if (overdue === 'close' && this.#protocol.isEnding) {
      // Whoever paused the connection may still take what came before the end, but the peer waits no longer.
      this.#deadlines.closingAnew(nowMs)
      this.#conclude()
    } else {
      this.#options.logger.debug({ overdue, remoteAddress: this.remoteAddress }, 'websocket terminated')
      this.#abort()
    }
  }

  /** Ends the stream at once. What was received may still be delivered. */
  #abort(): void {
    this.#outgoing.clear()
    this.#protocol.receiveEof()
    this.#settle()
    abortSocket(this.#socket)
  }

  /** Takes what the machine has to say, and carries it out. */
  #settle(nowMs = this.#options.clock.monotonic()): void {
    for (let events = this.#protocol.takeEvents(); events.length > 0; events = this.#protocol.takeEvents()) {
      for (const event of events) this.#handle(event, nowMs)
    }
    if (this.state !== 'open') {
      this.#deadlines.closing(nowMs)
      this.#incoming.updateReading()
      this.#outgoing.flush()
    } else if (this.#protocol.outputBytes > 0) {
      this.#outgoing.flush()
    }
  }

  #handle(event: ProtocolEvent, nowMs: number): void {
    switch (event.type) {
      case 'message':
        this.#incoming.takeMessage(event, nowMs)
        return
      case 'ping':
      case 'pong':
        this.#incoming.takeControlFrame(nowMs)
        return
      case 'ending':
        this.#deadlines.closing(nowMs)
        if (event.error !== undefined) this.#logFailure(event.error)
        if (this.state === 'open') this.#incoming.whenDelivered(() => this.#conclude())
        else this.#conclude()
        return
      case 'closed':
        this.#closed = event
        return
      default:
        return event satisfies never
    }
  }

  /** Answers the peer's last word. */
  #conclude(): void {
    this.#outgoing.afterAll(() => {
      this.#protocol.conclude()
      this.#settle()
    })
  }

  #reject(error: WebSocketProtocolError): void {
    this.#protocol.reject(error)
    this.#settle()
  }

  #fail(error: WebSocketProtocolError): void {
    if (this.#protocol.state !== 'closed') this.#logFailure(error)
    this.#drop()
    this.#protocol.fail(error)
    this.#settle()
  }

  /** Forgets the messages that were neither delivered nor queued. */
  #drop(): void {
    this.#incoming.clear()
    this.#outgoing.clear()
  }

  #failInternally(error: unknown): void {
    this.#options.logger.error({ err: error }, 'a websocket handler threw')
    this.#fail(protocolErrors.internal)
  }

  /** One line for each connection that fails, whatever its peer sends; nothing in it was chosen by the peer. */
  #logFailure({ code, closeCode }: WebSocketProtocolError): void {
    this.#options.logger.debug({ code, closeCode, remoteAddress: this.remoteAddress }, 'websocket failed')
  }

  /** Not every error ends a stream by itself: that of too many TLS renegotiations does not. */
  #onError(error: unknown): void {
    this.#options.logger.debug({ err: error }, 'websocket stream failed')
    if (!this.#socket.destroyed) this.#abort()
  }

  /** The peer sends no more. The stream may be half open, so our side of it must be ended too. */
  #onStreamEnd(): void {
    // What came before the end of the stream may still be answered.
    if (this.#protocol.isEnding) return
    this.#incoming.receiveRest()
    if (this.#protocol.isEnding) return
    this.#protocol.receiveEof()
    this.#settle()
  }

  #onClose(): void {
    this.#options.heartbeat.delete(this.#watch)
    this.#incoming.receiveRest()
    this.#protocol.receiveEof()
    this.#settle()
    this.#onClosedCallback?.()
    this.#isGone = true
    this.#onEnd?.(this.#closeEvent)
    this.#incoming.end(this.#closeEvent)
  }

  get #closeEvent(): WebSocketCloseEvent {
    const { code, reason, wasClean } = this.#closed!
    return { code, reason, wasClean }
  }
}

/** Only some streams have an address. */
function remoteAddressOf(socket: Duplex): string | undefined {
  const address = 'remoteAddress' in socket ? socket.remoteAddress : undefined
  return typeof address === 'string' ? address : undefined
}
