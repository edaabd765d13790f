// Everything between the socket and the application's handlers: bytes, messages, and what waits.
import { isUtf8 } from 'node:buffer'
import type { Duplex } from 'node:stream'
import { FRAME_WORDS, IS_ASCII, IS_TEXT } from '../protocol/kernel/frame-kernel.ts'
import { kernel } from '../protocol/kernel/kernel.ts'
import { protocolErrors, type WebSocketProtocolError } from '../protocol/protocol-error.ts'
import type { MessageEvent } from '../protocol/protocol-event.ts'
import type { WebSocketProtocol } from '../protocol/websocket-protocol.ts'
import type { Decompressor } from './compression.ts'
import type { ConnectionContext } from './connection-context.ts'
import type { ConnectionDeadlines } from './connection-deadlines.ts'
import {
  MessageDelivery,
  type DeliveryHost,
  type WebSocketCloseEvent,
  type WebSocketHandlers,
} from './message-delivery.ts'
import { MessageReceiver } from './message-receiver.ts'
import { RateGuard } from './rate-guard.ts'
import { TurnBudget, type Continuation } from './turns.ts'

/** The connection, as what it receives sees it. */
export interface IncomingHost {
  readonly socket: Duplex
  readonly context: ConnectionContext
  readonly protocol: WebSocketProtocol
  readonly deadlines: ConnectionDeadlines
  /** Whether messages are still wanted. */
  readonly isOpen: boolean
  /** The machine has read something, and its events are to be carried out. */
  settle(nowMs: number): void
  /** A message is not what it should be. */
  reject(error: WebSocketProtocolError): void
  /** The peer sends too much in too little time. */
  fail(error: WebSocketProtocolError): void
  handlerFailed(error: unknown): void
}

const IS_ASCII_TEXT = IS_TEXT | IS_ASCII

/** Reads no more than the application and the other connections have room for, and delivers it in order. */
export class IncomingSide implements DeliveryHost, Continuation {
  readonly #host: IncomingHost
  readonly #delivery: MessageDelivery
  readonly #decompressor: Decompressor | undefined
  // Most connections are idle, and have none of these until something arrives.
  #lateReceiver: MessageReceiver | undefined
  #lateRates: RateGuard | undefined
  #lateFrameBudget: TurnBudget | undefined
  /** Whether others have their turn before more is read. */
  #isYielding = false
  /** Whether what follows in the input counts for nothing, although the machine had read it. */
  #isRejected = false

  constructor(host: IncomingHost, decompressor: Decompressor | undefined) {
    this.#host = host
    this.#decompressor = decompressor
    this.#delivery = new MessageDelivery(this)
  }

  get context(): ConnectionContext {
    return this.#host.context
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

  /** Tells the application that what it sends is more than the peer takes. */
  congested(): void {
    this.#delivery.congested()
  }

  /** Tells the application that there is room again for what it sends. */
  drained(): void {
    this.#delivery.drained()
  }

  /** Takes bytes from the socket. */
  receive(chunk: Uint8Array): void {
    const { protocol, context } = this.#host
    const nowMs = context.clock.monotonic()
    if (!this.#rates.takeBytes(chunk.length, nowMs)) this.#host.fail(protocolErrors.tooManyBytes)
    const { boundaries } = protocol
    protocol.push(chunk)
    if (context.turns.isLate(nowMs)) this.#putOff(nowMs)
    else this.#readTurn(nowMs, boundaries)
  }

  /** The stream is over: nothing of it is left for a later turn. */
  receiveRest(): void {
    const nowMs = this.#host.context.clock.monotonic()
    this.#read(nowMs, Infinity)
    this.#host.settle(nowMs)
  }

  /** Reads what others had precedence over. */
  goOn(): void {
    const { context, protocol } = this.#host
    this.#isYielding = false
    if (protocol.hasUnread) this.#readTurn(context.clock.monotonic(), protocol.boundaries)
    this.updateReading()
  }

  /** Takes a message that the machine has read. */
  takeMessage(event: MessageEvent, nowMs: number): void {
    if (!this.#host.isOpen || this.#isRejected) return
    if (!this.#rates.takeMessages(1, nowMs)) return this.#host.fail(protocolErrors.tooManyMessages)
    const receiver = event.isCompressed ? this.#receiver : this.#lateReceiver
    if (receiver === undefined) this.#push(event.isText, event.data)
    else receiver.receive(event)
  }

  /** Takes a ping or a pong that the machine has read. */
  takeControlFrame(nowMs: number): void {
    if (!this.#rates.takeControlFrame(nowMs)) this.#host.fail(protocolErrors.tooManyControlFrames)
  }

  /** Calls back once the messages so far have been delivered and the application is not paused. */
  whenDelivered(callback: () => void): void {
    this.#afterAll(() => this.#delivery.whenDelivered(callback))
  }

  /** Drops the messages that have not been delivered. */
  clear(): void {
    this.#delivery.clear()
    this.#lateReceiver?.drop()
    this.#lateReceiver?.release()
  }

  /** Delivers what waits, as far as it may. */
  run(): void {
    this.#delivery.run()
  }

  /** Delivers the close event, after the messages that came before it. */
  end(event: WebSocketCloseEvent): void {
    this.#afterAll(() => {
      this.#delivery.end(event)
      if (!this.#delivery.hasWaiting) return
      // Whoever paused the connection may take what is left in peace, but not hold its end up for ever.
      const { clock, limits } = this.#host.context
      clock.setTimer(() => this.#delivery.flush(), limits.closeTimeoutMs)
    })
  }

  handlerFailed(error: unknown): void {
    this.#host.handlerFailed(error)
  }

  emptied(): void {
    this.updateReading()
  }

  /** Reads on unless messages wait. Once closing, it reads on in any case, to see the end. */
  updateReading(): void {
    const { socket, protocol, isOpen } = this.#host
    const mustWait =
      isOpen && !protocol.isEnding && (this.#delivery.hasWaiting || this.#lateReceiver?.isBusy === true)
    const shouldPause = mustWait || this.#isYielding
    if (shouldPause === socket.isPaused()) return
    if (shouldPause) socket.pause()
    else socket.resume()
  }

  /** What inflates; undefined if nothing arrives compressed. */
  get #receiver(): MessageReceiver | undefined {
    const decompressor = this.#decompressor
    if (decompressor === undefined) return undefined
    return (this.#lateReceiver ??= new MessageReceiver({
      delivery: this.#delivery,
      decompressor,
      mayTake: (bytes) => this.#rates.takeBytes(bytes, this.context.clock.monotonic()),
      onInvalid: (error) => this.#reject(error),
      onLate: () => this.#deliver(),
    }))
  }

  get #rates(): RateGuard {
    return (this.#lateRates ??= new RateGuard(this.context.limits))
  }

  /** How many frames may still be read in this turn. */
  get #frameBudget(): TurnBudget {
    return (this.#lateFrameBudget ??= new TurnBudget(
      this.context.turns,
      this.context.limits.maxMessagesPerTurn,
    ))
  }

  #afterAll(callback: () => void): void {
    if (this.#lateReceiver === undefined) callback()
    else this.#lateReceiver.afterAll(callback)
  }

  /** Leaves what was received for a later turn. */
  #putOff(nowMs: number): void {
    this.#host.deadlines.heard(nowMs)
    this.#yield()
    this.updateReading()
  }

  /** Reads as much as this turn allows, and does what follows from it. */
  #readTurn(nowMs: number, boundaries: number): void {
    const { protocol, deadlines } = this.#host
    const { frames } = protocol
    this.#read(nowMs, Math.max(1, this.#frameBudget.left))
    this.#frameBudget.spend(protocol.frames - frames)
    deadlines.heard(nowMs)
    if (!protocol.isMidMessage) deadlines.receivedMessage()
    else deadlines.receivingMessage(nowMs, protocol.boundaries !== boundaries)
    this.#host.settle(nowMs)
    if (protocol.hasUnread || this.#frameBudget.left <= 0) this.#yield()
    this.#deliver()
  }

  /** Reads at most so many frames: whole messages many at a time, whatever else is there one by one. */
  #read(nowMs: number, maxFrames: number): void {
    const { protocol } = this.#host
    const end = protocol.frames + maxFrames
    do {
      const count = protocol.readWhole(end - protocol.frames)
      if (count > 0) this.#takeWhole(count, nowMs)
      else protocol.receiveRest(1)
      if (protocol.hasEvents) this.#host.settle(nowMs)
    } while (protocol.hasUnread && protocol.frames < end)
    protocol.release()
  }

  /** Takes the messages that the machine has found whole. */
  #takeWhole(count: number, nowMs: number): void {
    if (!this.#host.isOpen || this.#isRejected) return
    if (!this.#rates.takeMessages(count, nowMs)) return this.#host.fail(protocolErrors.tooManyMessages)
    const chunk = bufferOf(this.#host.protocol.chunk)
    const { table } = kernel
    for (let index = 0; index < count; index++) {
      const entry = index * FRAME_WORDS
      const start = table[entry]!
      const end = table[entry + 1]!
      const flags = table[entry + 2]!
      // What is ASCII is UTF-8 already, and each byte of it a character.
      if ((flags & IS_ASCII_TEXT) === IS_ASCII_TEXT && this.#lateReceiver === undefined) {
        this.#delivery.push(chunk.toString('latin1', start, end))
        continue
      }
      const isText = (flags & IS_TEXT) !== 0
      // Not `subarray`, which in Node takes half as long again.
      const data = new Uint8Array(chunk.buffer, chunk.byteOffset + start, end - start)
      if (isText && !isUtf8(data)) return this.#reject(protocolErrors.invalidText)
      if (this.#lateReceiver === undefined) this.#push(isText, data)
      else this.#lateReceiver.receive({ type: 'message', isText, isCompressed: false, data })
    }
  }

  #push(isText: boolean, data: Uint8Array): void {
    this.#delivery.push(isText ? bufferOf(data).toString('utf8') : data)
  }

  /**
   * The event loop hands over chunk after chunk of one socket before it looks at another, and even frames that deliver
   * nothing take their time: the rest is read in the next turn.
   */
  #yield(): void {
    if (this.#isYielding) return
    this.#isYielding = true
    this.#host.context.turns.goOnLater(this)
  }

  #deliver(): void {
    this.#delivery.run()
    this.updateReading()
  }

  #reject(error: WebSocketProtocolError): void {
    this.#isRejected = true
    this.#lateReceiver?.drop()
    this.#host.reject(error)
    this.#lateReceiver?.release()
  }
}

/** The same bytes, with Node's methods. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
