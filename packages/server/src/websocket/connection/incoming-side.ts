// Everything between the socket and the application's handlers: bytes, messages, and what waits.
import type { Duplex } from 'node:stream'
import type { Clock } from '../../clock.ts'
import { protocolErrors, type WebSocketProtocolError } from '../protocol/protocol-error.ts'
import type { MessageEvent } from '../protocol/protocol-event.ts'
import type { WebSocketProtocol } from '../protocol/websocket-protocol.ts'
import type { WebSocketLimits } from '../websocket-limits.ts'
import type { Decompressor } from './compression.ts'
import type { ConnectionDeadlines } from './connection-deadlines.ts'
import { MessageDelivery, type WebSocketCloseEvent, type WebSocketHandlers } from './message-delivery.ts'
import { MessageReceiver } from './message-receiver.ts'
import { RateGuard } from './rate-guard.ts'
import { TurnBudget } from './turns.ts'

export interface IncomingSideOptions {
  readonly socket: Duplex
  readonly protocol: WebSocketProtocol
  readonly decompressor: Decompressor | undefined
  readonly deadlines: ConnectionDeadlines
  readonly limits: WebSocketLimits
  readonly clock: Clock
  /** Whether messages are still wanted. */
  readonly isOpen: () => boolean
  /** Called when the machine has read something, for its events to be carried out. */
  readonly onRead: (nowMs: number) => void
  /** Called when a message cannot be restored. */
  readonly onInvalid: (error: WebSocketProtocolError) => void
  /** Called when the peer sends too much in too little time. */
  readonly onTooMuch: (error: WebSocketProtocolError) => void
  /** Called when a handler threw. */
  readonly onHandlerError: (error: unknown) => void
}

/** Reads no more than the application and the other connections have room for, and delivers it in order. */
export class IncomingSide {
  readonly #options: IncomingSideOptions
  readonly #delivery: MessageDelivery
  readonly #receiver: MessageReceiver
  readonly #rates: RateGuard
  /** How many frames may still be read in this turn. */
  readonly #frameBudget: TurnBudget
  /** Whether others have their turn before more is read. */
  #isYielding = false
  /** Whether what follows in the input counts for nothing, although the machine had read it. */
  #isRejected = false

  constructor(options: IncomingSideOptions) {
    const { limits, clock, decompressor, onHandlerError } = options
    this.#options = options
    this.#rates = new RateGuard(limits)
    this.#frameBudget = new TurnBudget(clock, limits.maxMessagesPerTurn)
    this.#delivery = new MessageDelivery({
      clock,
      maxMessagesPerTurn: limits.maxMessagesPerTurn,
      onError: onHandlerError,
      onEmpty: () => this.updateReading(),
    })
    this.#receiver = new MessageReceiver({
      delivery: this.#delivery,
      decompressor,
      mayTake: (bytes) => this.#rates.takeBytes(bytes, clock.monotonic()),
      onInvalid: (error) => this.#reject(error),
      onLate: () => this.#deliver(),
    })
  }

  /** Whether messages wait because nobody has said what to do with them. */
  get isForgotten(): boolean {
    return this.#delivery.hasWaiting && !this.#delivery.hasHandlers
  }

  setHandlers(handlers: WebSocketHandlers): void {
    this.#delivery.setHandlers(handlers)
  }

  pause(): void {
    this.#delivery.pause()
  }

  resume(): void {
    this.#delivery.resume()
  }

  /** Tells the application that there is room again for what it sends. */
  drained(): void {
    this.#delivery.drained()
  }

  /** Takes bytes from the socket. */
  receive(chunk: Uint8Array): void {
    const { clock, protocol, onTooMuch } = this.#options
    const nowMs = clock.monotonic()
    if (!this.#rates.takeBytes(chunk.length, nowMs)) onTooMuch(protocolErrors.tooManyBytes)
    this.#read(nowMs, (maxFrames) => protocol.receive(chunk, maxFrames))
  }

  /** The stream is over: nothing of it is left for a later turn. */
  receiveRest(): void {
    const { clock, protocol, onRead } = this.#options
    protocol.receiveRest()
    onRead(clock.monotonic())
  }

  /** Takes a message that the machine has read. */
  takeMessage(event: MessageEvent, nowMs: number): void {
    const { isOpen, onTooMuch } = this.#options
    if (!isOpen() || this.#isRejected) return
    if (this.#rates.takeMessage(nowMs)) this.#receiver.receive(event)
    else onTooMuch(protocolErrors.tooManyMessages)
  }

  /** Takes a ping or a pong that the machine has read. */
  takeControlFrame(nowMs: number): void {
    if (!this.#rates.takeControlFrame(nowMs)) this.#options.onTooMuch(protocolErrors.tooManyControlFrames)
  }

  /** Calls back once the messages so far have been delivered and the application is not paused. */
  whenDelivered(callback: () => void): void {
    this.#receiver.afterAll(() => this.#delivery.whenDelivered(callback))
  }

  /** Drops the messages that have not been delivered. */
  clear(): void {
    this.#delivery.clear()
    this.#receiver.drop()
    this.#receiver.release()
  }

  /** Delivers what waits, as far as it may. */
  run(): void {
    this.#delivery.run()
  }

  /** Delivers the close event, after the messages that came before it. */
  end(event: WebSocketCloseEvent): void {
    this.#receiver.afterAll(() => {
      this.#delivery.end(event)
      if (!this.#delivery.hasWaiting) return
      // Whoever paused the connection may take what is left in peace, but not hold its end up for ever.
      const { clock, limits } = this.#options
      clock.setTimer(() => this.#delivery.flush(), limits.closeTimeoutMs)
    })
  }

  /** Reads on unless messages wait. Once closing, it reads on in any case, to see the end. */
  updateReading(): void {
    const { socket, protocol, isOpen } = this.#options
    const mustWait = isOpen() && !protocol.isEnding && (this.#delivery.hasWaiting || this.#receiver.isBusy)
    const shouldPause = mustWait || this.#isYielding
    if (shouldPause === socket.isPaused()) return
    if (shouldPause) socket.pause()
    else socket.resume()
  }

  /** Has the machine read, and does what follows from it. */
  #read(nowMs: number, read: (maxFrames: number) => void): void {
    const { protocol, deadlines, onRead } = this.#options
    const { boundaries, frames } = protocol
    read(Math.max(1, this.#frameBudget.left))
    this.#frameBudget.spend(protocol.frames - frames)
    deadlines.heard(nowMs)
    if (!protocol.isMidMessage) deadlines.receivedMessage()
    else deadlines.receivingMessage(nowMs, protocol.boundaries !== boundaries)
    onRead(nowMs)
    if (protocol.hasUnread || this.#frameBudget.left <= 0) this.#yield()
    this.#deliver()
  }

  /**
   * The event loop hands over chunk after chunk of one socket before it looks at another, and even frames that deliver
   * nothing take their time: the rest is read in the next turn.
   */
  #yield(): void {
    if (this.#isYielding) return
    this.#isYielding = true
    const { clock, protocol } = this.#options
    clock.defer(() => {
      this.#isYielding = false
      if (protocol.hasUnread) this.#read(clock.monotonic(), (maxFrames) => protocol.receiveRest(maxFrames))
      this.updateReading()
    })
  }

  #deliver(): void {
    this.#delivery.run()
    this.updateReading()
  }

  #reject(error: WebSocketProtocolError): void {
    this.#isRejected = true
    this.#receiver.drop()
    this.#options.onInvalid(error)
    this.#receiver.release()
  }
}
