// The I/O shell of the protocol machine: a stream on one side, the application on the other. It owns no rule of the
// protocol; it moves bytes and events, watches deadlines and limits, and ends the stream.
import type { Duplex } from 'node:stream'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../logger.ts'
import { ConnectionDeadlines } from './connection-deadlines.ts'
import { ControlFrameBudget } from './control-frame-budget.ts'
import type { Heartbeat, Watched } from './heartbeat.ts'
import { MessageDelivery, type WebSocketHandlers } from './message-delivery.ts'
import { prepareMessage, type PreparedMessage } from './prepared-message.ts'
import { protocolErrors, type WebSocketProtocolError } from '../protocol/protocol-error.ts'
import type { ClosedEvent, ProtocolEvent } from '../protocol/protocol-event.ts'
import { WebSocketProtocol, type ProtocolState } from '../protocol/websocket-protocol.ts'
import { SocketWriter } from './socket-writer.ts'
import type { WebSocketLimits } from '../websocket-limits.ts'

export interface WebSocketConnectionOptions {
  /** The selected subprotocol, empty if none. */
  readonly subprotocol: string
  readonly limits: WebSocketLimits
  readonly clock: Clock
  readonly logger: Logger
  readonly heartbeat: Heartbeat
}

/**
 * The server's end of an open WebSocket connection over any duplex stream: a TCP or TLS socket, an HTTP/2 stream.
 *
 * Guarantees: messages are delivered whole and in order; the close event comes once and last; whatever the peer does,
 * nothing throws and no error event of the stream is left unhandled; what is sent in one turn leaves in one write.
 */
export class WebSocketConnection implements Watched {
  readonly subprotocol: string
  /** The address of the peer, if the stream knows it. */
  readonly remoteAddress: string | undefined
  readonly #socket: Duplex
  readonly #options: WebSocketConnectionOptions
  readonly #protocol: WebSocketProtocol
  readonly #delivery: MessageDelivery
  readonly #writer: SocketWriter
  readonly #deadlines: ConnectionDeadlines
  readonly #controlFrames: ControlFrameBudget
  #closed: ClosedEvent | undefined
  #onClosedCallback: (() => void) | undefined
  #isCongested = false

  /** Takes the stream over; it has written the handshake's answer and nobody else listens to it. */
  constructor(socket: Duplex, options: WebSocketConnectionOptions) {
    const { limits, clock, heartbeat } = options
    this.subprotocol = options.subprotocol
    this.remoteAddress = remoteAddressOf(socket)
    this.#socket = socket
    this.#options = options
    this.#protocol = new WebSocketProtocol({ role: 'server', limits })
    this.#delivery = new MessageDelivery({
      clock,
      maxMessagesPerTurn: limits.maxMessagesPerTurn,
      onError: (error) => this.#failInternally(error),
      onEmpty: () => this.#updateReading(),
    })
    this.#writer = new SocketWriter({
      socket,
      protocol: this.#protocol,
      clock,
      onWriting: () => this.#deadlines.writing(clock.monotonic()),
      onWritten: () => this.#onWritten(),
    })
    this.#deadlines = new ConnectionDeadlines(limits, clock.monotonic())
    this.#controlFrames = new ControlFrameBudget(limits.maxControlFramesPerSecond)
    heartbeat.add(this)
    socket.on('data', (chunk: Uint8Array) => this.receive(chunk))
    socket.on('end', () => this.#onEnd())
    socket.on('error', (error) => options.logger.debug({ err: error }, 'websocket stream failed'))
    socket.on('close', () => this.#onClose())
    this.#updateReading()
  }

  /** `closing` once our Close frame is queued, `closed` once nothing more will be exchanged. */
  get state(): ProtocolState {
    return this.#protocol.state
  }

  /** Everything that was sent and not yet taken by the operating system, in bytes. */
  get bufferedBytes(): number {
    return this.#protocol.outputBytes + this.#socket.writableLength
  }

  /** Begins delivery, first of what arrived before. */
  setHandlers(handlers: WebSocketHandlers): void {
    this.#delivery.setHandlers(handlers)
  }

  /** Calls back once when the stream is gone, whether or not there are handlers; for the one who keeps count. */
  onClosed(callback: () => void): void {
    this.#onClosedCallback = callback
  }

  /** Sends a string as a text message, bytes as a binary one. False, and nothing sent, once closing began. */
  send(data: string | Uint8Array): boolean {
    return this.state === 'open' && this.sendPrepared(prepareMessage(data))
  }

  /** Sends a message that may be shared with other connections. False, and nothing sent, once closing began. */
  sendPrepared({ frame }: PreparedMessage): boolean {
    const { maxBufferedBytes, highWaterMarkBytes } = this.#options.limits
    const waitingBytes = this.bufferedBytes
    if (waitingBytes > 0 && waitingBytes + frame.length > maxBufferedBytes) {
      // Behind what the peer does not read, the Close frame would not be read either.
      this.#protocol.dropOutput()
      this.#fail(protocolErrors.tooMuchBuffered)
      return false
    }
    if (!this.#protocol.sendFrames(frame)) return false
    if (waitingBytes + frame.length > highWaterMarkBytes) this.#isCongested = true
    this.#writer.schedule()
    return true
  }

  /** Sends a ping; any byte that arrives answers it. Ignored once closing began. */
  ping(): void {
    this.#protocol.sendPing()
    this.#deadlines.pinged(this.#options.clock.monotonic())
    this.#writer.schedule()
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
    const wasOpen = this.state === 'open'
    this.#protocol.close(code, reason)
    this.#delivery.clear()
    if (wasOpen) this.#settle()
    // The peer has gone already; the end no longer waits behind messages that nobody will take.
    else this.#delivery.run()
  }

  /** Ends the connection at once and drops what was neither sent nor delivered. */
  terminate(): void {
    this.#delivery.clear()
    this.#protocol.receiveEof()
    this.#settle()
    this.#socket.destroy()
  }

  /** Stops delivery, within one message. What keeps arriving waits, and soon the peer does. */
  pause(): void {
    this.#delivery.pause()
  }

  resume(): void {
    this.#delivery.resume()
  }

  /** Takes bytes that did not come out of the stream, such as those that followed the handshake. */
  receive(chunk: Uint8Array): void {
    const nowMs = this.#options.clock.monotonic()
    const boundaries = this.#protocol.boundaries
    this.#protocol.receive(chunk)
    this.#deadlines.heard(nowMs)
    if (!this.#protocol.isMidMessage) this.#deadlines.receivedMessage()
    else this.#deadlines.receivingMessage(nowMs, this.#protocol.boundaries !== boundaries)
    this.#settle()
    this.#delivery.run()
    this.#updateReading()
  }

  /** For the heartbeat. */
  sweep(nowMs: number): boolean {
    if (this.#socket.isPaused()) this.#deadlines.notReading(nowMs)
    if (this.#deadlines.needsPing(nowMs)) this.ping()
    return this.#deadlines.overdue(nowMs) !== undefined
  }

  /** For the heartbeat. */
  expire(nowMs: number): void {
    const overdue = this.#deadlines.overdue(nowMs)
    if (overdue === undefined) return
    if (overdue === 'message') {
      this.#fail(protocolErrors.messageTimeout)
      return
    }
    this.#options.logger.debug({ overdue, remoteAddress: this.remoteAddress }, 'websocket terminated')
    this.terminate()
  }

  /** Takes what the machine has to say, and carries it out. */
  #settle(): void {
    for (let events = this.#protocol.takeEvents(); events.length > 0; events = this.#protocol.takeEvents()) {
      for (const event of events) this.#handle(event)
    }
    if (this.state !== 'open') {
      this.#deadlines.closing(this.#options.clock.monotonic())
      this.#updateReading()
      this.#writer.schedule()
    } else if (this.#protocol.outputBytes > 0) {
      this.#writer.schedule()
    }
  }

  #handle(event: ProtocolEvent): void {
    switch (event.type) {
      case 'message':
        this.#delivery.push(event.isText ? textOf(event.data) : event.data)
        return
      case 'ping':
      case 'pong':
        if (this.#controlFrames.take(this.#options.clock.monotonic())) return
        this.#protocol.fail(protocolErrors.tooManyControlFrames)
        return
      case 'closed':
        this.#closed = event
        if (!event.wasClean) this.#logFailure(event)
        return
      default:
        return event satisfies never
    }
  }

  #fail(error: WebSocketProtocolError): void {
    this.#protocol.fail(error)
    this.#settle()
  }

  #failInternally(error: unknown): void {
    this.#options.logger.error({ err: error }, 'a websocket handler threw')
    this.#delivery.clear()
    this.#fail(protocolErrors.internal)
  }

  /** One line for each connection that fails, whatever its peer sends; nothing in it was chosen by the peer. */
  #logFailure({ code, reason }: ClosedEvent): void {
    this.#options.logger.debug({ code, reason, remoteAddress: this.remoteAddress }, 'websocket failed')
  }

  /** Reads on unless messages wait. Once closing, it reads on in any case, to see the end. */
  #updateReading(): void {
    const shouldPause = this.state === 'open' && this.#delivery.hasWaiting
    if (shouldPause === this.#socket.isPaused()) return
    if (shouldPause) this.#socket.pause()
    else this.#socket.resume()
  }

  #onWritten(): void {
    this.#deadlines.written()
    if (!this.#isCongested || this.bufferedBytes > this.#options.limits.highWaterMarkBytes / 2) return
    this.#isCongested = false
    this.#delivery.drained()
  }

  /** The peer sends no more. The stream may be half open, so our side of it must be ended too. */
  #onEnd(): void {
    this.#protocol.receiveEof()
    this.#settle()
  }

  #onClose(): void {
    this.#options.heartbeat.delete(this)
    this.#onEnd()
    this.#onClosedCallback?.()
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

function textOf(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8')
}

/** Only some streams have an address. */
function remoteAddressOf(socket: Duplex): string | undefined {
  const address = 'remoteAddress' in socket ? socket.remoteAddress : undefined
  return typeof address === 'string' ? address : undefined
}
