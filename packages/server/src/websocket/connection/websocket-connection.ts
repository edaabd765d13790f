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
import { MessageDelivery, type WebSocketHandlers } from './message-delivery.ts'
import { MessageReceiver } from './message-receiver.ts'
import { OutgoingSide } from './outgoing-side.ts'
import { prepareMessage, type MessageOptions, type PreparedMessage } from './prepared-message.ts'
import { RateGuard } from './rate-guard.ts'
import { TurnBudget } from './turns.ts'

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
  readonly #delivery: MessageDelivery
  readonly #receiver: MessageReceiver
  readonly #outgoing: OutgoingSide
  readonly #deadlines: ConnectionDeadlines
  readonly #watch: ConnectionWatch
  readonly #rates: RateGuard
  /** How many frames may still be read in this turn. */
  readonly #frameBudget: TurnBudget
  #closed: ClosedEvent | undefined
  #onClosedCallback: (() => void) | undefined
  /** Whether `close` was called; its frame may still wait for messages that are being compressed. */
  #isClosing = false
  /** Whether what follows in the input counts for nothing, although the machine had read it. */
  #isRejected = false
  /** Whether others have their turn before more is read. */
  #isYielding = false

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
    this.#delivery = new MessageDelivery({
      clock,
      maxMessagesPerTurn: limits.maxMessagesPerTurn,
      onError: (error) => this.#failInternally(error),
      onEmpty: () => this.#updateReading(),
    })
    this.#receiver = new MessageReceiver({
      delivery: this.#delivery,
      decompressor: compression?.decompressor,
      mayTake: (bytes) => this.#rates.takeBytes(bytes, clock.monotonic()),
      onInvalid: (error) => this.#reject(error),
      onLate: () => this.#deliver(),
    })
    this.#deadlines = new ConnectionDeadlines(limits, clock.monotonic())
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
      onDrain: () => this.#delivery.drained(),
    })
    this.#watch = new ConnectionWatch({
      deadlines: this.#deadlines,
      isReadingPaused: () => socket.isPaused(),
      ping: () => this.ping(),
      onOverdue: (overdue, nowMs) => this.#act(overdue, nowMs),
    })
    this.#rates = new RateGuard(limits)
    this.#frameBudget = new TurnBudget(clock, limits.maxMessagesPerTurn)
    heartbeat.add(this.#watch)
    if (head !== undefined && head.length > 0) this.#receive(head)
    socket.on('data', (chunk: Uint8Array) => this.#receive(chunk))
    socket.on('end', () => this.#onEnd())
    socket.on('error', (error) => this.#onError(error))
    socket.on('close', () => this.#onClose())
    this.#updateReading()
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

  /** Begins delivery, first of what arrived before. */
  setHandlers(handlers: WebSocketHandlers): void {
    this.#delivery.setHandlers(handlers)
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
    this.#receiver.clear()
    this.#delivery.clear()
    if (this.state === 'open') {
      this.#isClosing = true
      this.#deadlines.closing(this.#options.clock.monotonic())
      this.#outgoing.afterAll(() => {
        this.#protocol.close(code, reason)
        this.#settle()
      })
    }
    // The peer has gone already; the end no longer waits behind messages that nobody will take.
    this.#delivery.run()
  }

  /** Ends the connection at once and drops what was neither sent nor delivered. */
  terminate(): void {
    this.#drop()
    this.#protocol.receiveEof()
    this.#settle()
    abortSocket(this.#socket)
  }

  /** Stops delivery, within one message. What keeps arriving waits, and soon the peer does. */
  pause(): void {
    this.#delivery.pause()
  }

  resume(): void {
    this.#delivery.resume()
  }

  #act(overdue: Overdue, nowMs: number): void {
    if (overdue === 'message') {
      this.#fail(protocolErrors.messageTimeout)
    } else if (overdue === 'close' && this.#protocol.isEnding) {
      // Whoever paused the connection may answer what came before the end, but not hold the end up for ever.
      this.#deadlines.closingAnew(nowMs)
      this.#conclude()
    } else {
      this.#options.logger.debug({ overdue, remoteAddress: this.remoteAddress }, 'websocket terminated')
      this.terminate()
    }
  }

  #receive(chunk: Uint8Array): void {
    const nowMs = this.#options.clock.monotonic()
    if (!this.#rates.takeBytes(chunk.length, nowMs)) this.#protocol.fail(protocolErrors.tooManyBytes)
    this.#read(nowMs, (maxFrames) => this.#protocol.receive(chunk, maxFrames))
  }

  /** Has the machine read, and does what follows from it. */
  #read(nowMs: number, read: (maxFrames: number) => void): void {
    const { boundaries, frames } = this.#protocol
    read(Math.max(1, this.#frameBudget.left))
    this.#frameBudget.spend(this.#protocol.frames - frames)
    this.#deadlines.heard(nowMs)
    if (!this.#protocol.isMidMessage) this.#deadlines.receivedMessage()
    else this.#deadlines.receivingMessage(nowMs, this.#protocol.boundaries !== boundaries)
    this.#settle(nowMs)
    if (this.#protocol.hasUnread || this.#frameBudget.left <= 0) this.#yield()
    this.#deliver()
  }

  /**
   * The event loop hands over chunk after chunk of one socket before it looks at another, and even frames that deliver
   * nothing take their time: the rest is read in the next turn.
   */
  #yield(): void {
    if (this.#isYielding) return
    this.#isYielding = true
    const { clock } = this.#options
    clock.defer(() => {
      this.#isYielding = false
      if (this.#protocol.hasUnread) {
        this.#read(clock.monotonic(), (maxFrames) => this.#protocol.receiveRest(maxFrames))
      }
      this.#updateReading()
    })
  }

  #deliver(): void {
    this.#delivery.run()
    this.#updateReading()
  }

  /** Takes what the machine has to say, and carries it out. */
  #settle(nowMs = this.#options.clock.monotonic()): void {
    for (let events = this.#protocol.takeEvents(); events.length > 0; events = this.#protocol.takeEvents()) {
      for (const event of events) this.#handle(event, nowMs)
    }
    if (this.state !== 'open') {
      this.#deadlines.closing(nowMs)
      this.#updateReading()
      this.#outgoing.flush()
    } else if (this.#protocol.outputBytes > 0) {
      this.#outgoing.flush()
    }
  }

  #handle(event: ProtocolEvent, nowMs: number): void {
    switch (event.type) {
      case 'message':
        if (this.state !== 'open' || this.#isRejected) return
        if (this.#rates.takeMessage(nowMs)) this.#receiver.receive(event)
        else this.#fail(protocolErrors.tooManyMessages)
        return
      case 'ping':
      case 'pong':
        if (!this.#rates.takeControlFrame(nowMs)) this.#fail(protocolErrors.tooManyControlFrames)
        return
      case 'ending':
        this.#deadlines.closing(nowMs)
        if (this.state === 'open') this.#receiver.afterAll(() => this.#concludeWhenDelivered())
        else this.#conclude()
        return
      case 'closed':
        this.#closed = event
        if (!event.wasClean) this.#logFailure(event)
        return
      default:
        return event satisfies never
    }
  }

  #concludeWhenDelivered(): void {
    this.#delivery.whenDelivered(() => this.#conclude())
  }

  /** Answers the peer's last word; nobody waits any more for what came before it. */
  #conclude(): void {
    this.#receiver.clear()
    this.#delivery.clear()
    this.#outgoing.afterAll(() => {
      this.#protocol.conclude()
      this.#settle()
    })
  }

  #reject(error: WebSocketProtocolError): void {
    this.#isRejected = true
    this.#receiver.clear()
    this.#protocol.reject(error)
    this.#settle()
  }

  #fail(error: WebSocketProtocolError): void {
    this.#drop()
    this.#protocol.fail(error)
    this.#settle()
  }

  /** Forgets the messages that were neither delivered nor queued. */
  #drop(): void {
    this.#receiver.clear()
    this.#outgoing.clear()
    this.#delivery.clear()
  }

  #failInternally(error: unknown): void {
    this.#options.logger.error({ err: error }, 'a websocket handler threw')
    this.#fail(protocolErrors.internal)
  }

  /** One line for each connection that fails, whatever its peer sends; nothing in it was chosen by the peer. */
  #logFailure({ code, reason }: ClosedEvent): void {
    this.#options.logger.debug({ code, reason, remoteAddress: this.remoteAddress }, 'websocket failed')
  }

  /** Reads on unless messages wait. Once closing, it reads on in any case, to see the end. */
  #updateReading(): void {
    const isOpen = this.state === 'open' && !this.#protocol.isEnding
    const mustWait = isOpen && (this.#delivery.hasWaiting || this.#receiver.isBusy)
    const shouldPause = mustWait || this.#isYielding
    if (shouldPause === this.#socket.isPaused()) return
    if (shouldPause) this.#socket.pause()
    else this.#socket.resume()
  }

  /** Not every error ends a stream by itself: that of too many TLS renegotiations does not. */
  #onError(error: unknown): void {
    this.#options.logger.debug({ err: error }, 'websocket stream failed')
    if (!this.#socket.destroyed) this.terminate()
  }

  /** The peer sends no more. The stream may be half open, so our side of it must be ended too. */
  #onEnd(): void {
    // What came before the end of the stream may still be answered.
    if (this.#protocol.isEnding) return
    this.#protocol.receiveRest()
    this.#settle()
    if (this.#protocol.isEnding) return
    this.#protocol.receiveEof()
    this.#settle()
  }

  #onClose(): void {
    this.#options.heartbeat.delete(this.#watch)
    this.#protocol.receiveRest()
    this.#settle()
    this.#protocol.receiveEof()
    this.#settle()
    this.#onClosedCallback?.()
    this.#receiver.afterAll(() => this.#deliverEnd())
  }

  #deliverEnd(): void {
    const { code, reason, wasClean } = this.#closed!
    this.#delivery.end({ code, reason, wasClean })
    if (!this.#delivery.hasWaiting) return
    // Whoever paused the connection may take what is left, but not hold its end up for ever.
    const { clock, limits } = this.#options
    clock.setTimer(() => {
      this.#delivery.clear()
      this.#delivery.run()
    }, limits.closeTimeoutMs)
  }
}

/** Only some streams have an address. */
function remoteAddressOf(socket: Duplex): string | undefined {
  const address = 'remoteAddress' in socket ? socket.remoteAddress : undefined
  return typeof address === 'string' ? address : undefined
}
