// The I/O shell of the protocol machine: a stream on one side, the application on the other. It owns no rule of the
// protocol; it moves bytes and events, watches deadlines and limits, and ends the stream.
import type { Duplex } from 'node:stream'
import { protocolErrors, type WebSocketProtocolError } from '../protocol/protocol-error.ts'
import type { ClosedEvent, ProtocolEvent } from '../protocol/protocol-event.ts'
import { WebSocketProtocol, type ProtocolState } from '../protocol/websocket-protocol.ts'
import { abortSocket } from './abort-socket.ts'
import type { Compression } from './compression.ts'
import type { ConnectionContext } from './connection-context.ts'
import { ConnectionDeadlines, type Overdue } from './connection-deadlines.ts'
import { warnOfForgotten } from './forgotten.ts'
import type { Watched } from './heartbeat.ts'
import { IncomingSide, type IncomingHost } from './incoming-side.ts'
import type { WebSocketCloseEvent } from './message-delivery.ts'
import { OutgoingSide, type OutgoingHost } from './outgoing-side.ts'
import { listenTo } from './socket-listeners.ts'
import type { Continuation } from './turns.ts'

/** What is told once when the stream is gone. */
export type GoneListener = (event: WebSocketCloseEvent) => void

/** The face of the connection, as its inside sees it. */
export interface ConnectionFace {
  readonly remoteAddress: string | undefined
  /** The stream is gone. */
  gone(): void
}

/** What a connection begins with. */
export interface ConnectionStart {
  readonly compression?: Compression | undefined
  readonly head?: Uint8Array
}

/**
 * What is inside of a `WebSocketConnection`. There are as many as there are connections, so it has few fields, makes no
 * closures, and what most connections never need is made when it is needed.
 */
export class ConnectionCore implements IncomingHost, OutgoingHost, Watched, Continuation {
  readonly socket: Duplex
  readonly context: ConnectionContext
  readonly protocol: WebSocketProtocol
  readonly deadlines: ConnectionDeadlines
  readonly incoming: IncomingSide
  readonly outgoing: OutgoingSide
  slot = -1
  seat = -1
  readonly #face: ConnectionFace
  #closed: ClosedEvent | undefined
  #goneListeners: GoneListener[] | undefined
  /** Whether `close` was called; its frame may still wait for messages that are being compressed. */
  #isClosing = false
  /** Whether the stream is gone. */
  #isGone = false

  constructor(
    socket: Duplex,
    context: ConnectionContext,
    face: ConnectionFace,
    { compression, head }: ConnectionStart,
  ) {
    const { role, generateMask, limits, clock, heartbeat } = context
    this.socket = socket
    this.context = context
    this.#face = face
    this.protocol = new WebSocketProtocol({
      role,
      limits,
      allowsCompression: compression !== undefined,
      ...(generateMask && { generateMask }),
    })
    this.deadlines = new ConnectionDeadlines(limits, clock.monotonic())
    this.incoming = new IncomingSide(this, compression?.decompressor)
    this.outgoing = new OutgoingSide(this, compression?.compressor)
    heartbeat.add(this)
    if (head !== undefined && head.length > 0) this.incoming.receive(head)
    listenTo(socket, this)
    this.incoming.updateReading()
  }

  get state(): ProtocolState {
    return this.#isClosing && this.protocol.state === 'open' ? 'closing' : this.protocol.state
  }

  get isOpen(): boolean {
    return !this.#isClosing && this.protocol.state === 'open'
  }

  /** How the connection ended, once the stream is gone. */
  get closeEvent(): WebSocketCloseEvent | undefined {
    if (!this.#isGone) return undefined
    const { code, reason, wasClean } = this.#closed!
    return { code, reason, wasClean }
  }

  /** Calls back once when the stream is gone; not if it is gone already. */
  onGone(listener: GoneListener): void {
    this.#goneListeners ??= []
    this.#goneListeners.push(listener)
  }

  ping(): void {
    this.protocol.sendPing()
    this.deadlines.pinged(this.context.clock.monotonic())
    this.outgoing.schedule()
  }

  close(code: number | undefined, reason: string | undefined): void {
    this.incoming.clear()
    if (this.isOpen) {
      this.deadlines.closing(this.context.clock.monotonic())
      this.outgoing.leaveGroups()
      this.outgoing.afterAll(() => {
        this.protocol.close(code, reason)
        this.settle()
      })
      this.#isClosing = true
    }
    // The peer has gone already; the end no longer waits behind messages that nobody will take.
    this.incoming.run()
  }

  terminate(): void {
    this.incoming.clear()
    this.#abort()
  }

  /** Takes what the machine has to say, and carries it out. */
  settle(nowMs = this.context.clock.monotonic()): void {
    while (this.protocol.hasEvents) {
      for (const event of this.protocol.takeEvents()) this.#handle(event, nowMs)
    }
    if (!this.isOpen) {
      // Members are open, so that a broadcast need not ask.
      this.outgoing.leaveGroups()
      this.deadlines.closing(nowMs)
      this.incoming.updateReading()
      this.outgoing.schedule()
    } else if (this.protocol.outputBytes > 0) {
      this.outgoing.schedule()
    }
  }

  reject(error: WebSocketProtocolError): void {
    this.protocol.reject(error)
    this.settle()
  }

  fail(error: WebSocketProtocolError): void {
    if (this.protocol.state !== 'closed') this.#logFailure(error)
    this.incoming.clear()
    this.outgoing.clear()
    this.protocol.fail(error)
    this.settle()
  }

  handlerFailed(error: unknown): void {
    this.context.logger.error({ err: error }, 'a websocket handler threw')
    this.fail(protocolErrors.internal)
  }

  /** §7.1.1: after a clean close the server ends the stream, so that it is the one to wait in TIME_WAIT. */
  written(): void {
    const mayEnd = !this.context.isClient || this.#closed?.wasClean !== true
    // To end a stream twice is an error, which costs more than everything else here.
    if (mayEnd && this.socket.writable) this.socket.end()
  }

  congested(): void {
    this.incoming.congested()
  }

  drained(): void {
    this.incoming.drained()
  }

  /** Behind what the peer does not read, the Close frame would not be read either. */
  overflowed(): void {
    this.protocol.dropOutput()
    this.fail(protocolErrors.tooMuchBuffered)
  }

  sweep(nowMs: number): boolean {
    const { deadlines, socket } = this
    if (this.incoming.isForgotten) warnOfForgotten(this.context.logger)
    if (socket.isPaused()) deadlines.notReading(nowMs)
    if (socket.writableLength === 0) deadlines.written()
    if (deadlines.needsPing(nowMs)) this.ping()
    return deadlines.overdue(nowMs) !== undefined
  }

  expire(nowMs: number): void {
    const overdue = this.deadlines.overdue(nowMs)
    if (overdue !== undefined) this.#act(overdue, nowMs)
  }

  /** Not every error ends a stream by itself: that of too many TLS renegotiations does not. */
  streamFailed(error: unknown): void {
    this.context.logger.debug({ err: error }, 'websocket stream failed')
    if (!this.socket.destroyed) this.#abort()
  }

  /** The peer sends no more. The stream may be half open, so our side of it must be ended too. */
  streamEnded(): void {
    // What came before the end of the stream may still be answered.
    if (this.protocol.isEnding) return
    this.incoming.receiveRest()
    if (this.protocol.isEnding) return
    this.protocol.receiveEof()
    this.settle()
  }

  /** The stream is gone. When thousands go at once, what follows from it is no reason for the others to wait. */
  streamClosed(): void {
    const { turns, clock, heartbeat } = this.context
    heartbeat.delete(this)
    if (turns.isLate(clock.monotonic())) turns.goOnLater(this)
    else this.goOn()
  }

  goOn(): void {
    this.incoming.receiveRest()
    this.protocol.receiveEof()
    this.settle()
    this.#isGone = true
    this.#face.gone()
    const event = this.closeEvent!
    const listeners = this.#goneListeners ?? []
    this.#goneListeners = undefined
    for (const listener of listeners) listener(event)
    this.incoming.end(event)
  }

  #act(overdue: Overdue, nowMs: number): void {
    if (overdue === 'message') {
      this.fail(protocolErrors.messageTimeout)
    } else if (overdue === 'close' && this.protocol.isEnding) {
      // Whoever paused the connection may still take what came before the end, but the peer waits no longer.
      this.deadlines.closingAnew(nowMs)
      this.#conclude()
    } else {
      this.context.logger.debug({ overdue, remoteAddress: this.#face.remoteAddress }, 'websocket terminated')
      this.#abort()
    }
  }

  /** Ends the stream at once. What was received may still be delivered. */
  #abort(): void {
    this.outgoing.clear()
    this.protocol.receiveEof()
    this.settle()
    abortSocket(this.socket)
  }

  #handle(event: ProtocolEvent, nowMs: number): void {
    switch (event.type) {
      case 'message':
        this.incoming.takeMessage(event, nowMs)
        return
      case 'ping':
      case 'pong':
        this.incoming.takeControlFrame(nowMs)
        return
      case 'ending':
        this.deadlines.closing(nowMs)
        if (event.error !== undefined) this.#logFailure(event.error)
        if (this.isOpen) this.incoming.whenDelivered(() => this.#conclude())
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
    this.outgoing.afterAll(() => {
      this.protocol.conclude()
      this.settle()
    })
  }

  /** One line for each connection that fails, whatever its peer sends; nothing in it was chosen by the peer. */
  #logFailure({ code, closeCode }: WebSocketProtocolError): void {
    this.context.logger.debug(
      { code, closeCode, remoteAddress: this.#face.remoteAddress },
      'websocket failed',
    )
  }
}
