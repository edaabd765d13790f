// The protocol machine of RFC 6455 for either end of an open connection: bytes in, events and bytes out. It does
// no I/O and knows no time; the handshake before it and the socket around it belong to others.
import type { ByteArena } from '../../util/byte-arena.ts'
import { NO_BYTES } from '../../util/bytes.ts'
import {
  ABNORMAL_CODE,
  assertClosable,
  decodeClosePayload,
  encodeClosePayload,
  type CloseInfo,
} from './close-payload.ts'
import {
  encodedHeaderBytes,
  expectationsOf,
  LONGEST_CONTROL_BYTES,
  writeHeader,
  type FrameExpectations,
  type FrameHeader,
  type Role,
} from './frame-header.ts'
import { FrameReader } from './frame-reader.ts'
import { encodeFrame, encodeMessage } from './frame-writer.ts'
import { kernel } from './kernel/kernel.ts'
import { MessageAssembler, type MessageLimits } from './message-assembler.ts'
import { isControl, Opcode } from './opcode.ts'
import { OutputQueue } from './output-queue.ts'
import { type WebSocketProtocolError } from './protocol-error.ts'
import { type ClosedEvent, type ProtocolEvent } from './protocol-event.ts'

export interface WebSocketProtocolOptions {
  readonly limits: MessageLimits
  readonly role: Role
  /** Whether permessage-deflate was agreed on, so that messages may arrive compressed. @default false */
  readonly allowsCompression?: boolean
  /** The next masking key, a random unsigned 32-bit number. Required of clients (§5.3), unused by servers. */
  readonly generateMask?: () => number
}

/** What `sendMessage` is given. */
export interface OutgoingKind {
  readonly isText: boolean
  /** Whether the data is compressed already, as was agreed. @default false */
  readonly isCompressed?: boolean
}

/** What has happened most of the time. Never written to. */
const NO_EVENTS: ProtocolEvent[] = []
const NO_FRAMES: readonly Uint8Array[] = []

/** `closing` means that our Close frame is queued or sent and the peer's is awaited. */
export type ProtocolState = 'open' | 'closing' | 'closed'

/**
 * One endpoint.
 *
 * After each call drain `takeOutput` to the peer and `takeEvents` to the application. No input throws. The peer's last
 * word, a Close frame or a breach of the protocol, is an `ending` event, after which all input is discarded; the Close
 * frame that answers it is queued by `conclude`, so that the answers to earlier messages can leave before it.
 */
export class WebSocketProtocol {
  readonly #generateMask: (() => number) | undefined
  readonly #expectations: FrameExpectations
  /** Reads what was received; idle connections, which are most, have none. */
  #reader: FrameReader | undefined
  readonly #limits: MessageLimits
  /** Puts the message together that has begun, if it did not arrive whole. */
  #assembler: MessageAssembler | undefined
  /** What waits to be written, if anything does. */
  #output: OutputQueue | undefined
  #state: ProtocolState = 'open'
  #events = NO_EVENTS
  /** The frame whose payload is being read. */
  #frame: FrameHeader | undefined
  /** The payload of that frame so far if it is a control frame; at most 125 bytes. */
  #control = NO_BYTES
  #boundaries = 0
  #frames = 0
  #ending: ClosedEvent | undefined

  /** @throws TypeError for a client without `generateMask`. */
  constructor({ role, limits, generateMask, allowsCompression = false }: WebSocketProtocolOptions) {
    if (role === 'client' && generateMask === undefined) throw new TypeError('a client needs generateMask')
    this.#generateMask = role === 'client' ? generateMask : undefined
    this.#expectations = expectationsOf(role, allowsCompression)
    this.#limits = limits
  }

  get state(): ProtocolState {
    return this.#state
  }

  /** Whether the peer has said its last word and `conclude` is awaited. */
  get isEnding(): boolean {
    return this.#ending !== undefined && this.#state !== 'closed'
  }

  /** How many bytes `takeOutput` has to give. */
  get outputBytes(): number {
    return this.#output === undefined ? 0 : this.#output.bytes
  }

  /** Whether a frame or a fragmented message has begun and is not complete. */
  get isMidMessage(): boolean {
    return this.#reader?.isInHeader === true || this.#frame !== undefined || this.#assembler !== undefined
  }

  /** Counts the moments at which nothing was incomplete: while it stands still, one message is under way. */
  get boundaries(): number {
    return this.#boundaries
  }

  /** Counts the frames that have been read, whatever they were: what a peer costs. */
  get frames(): number {
    return this.#frames
  }

  /**
   * Takes bytes from the peer, and with them the right to write to them: payloads are unmasked in place. Stops after
   * `maxFrames` frames; what is left then is read by `receiveRest`.
   */
  receive(chunk: Uint8Array, maxFrames = Infinity): void {
    this.push(chunk)
    this.receiveRest(maxFrames)
  }

  /** As `receive`, for `readWhole` or `receiveRest` to read. */
  push(chunk: Uint8Array): void {
    if (this.hasUnread) this.receiveRest()
    this.#reader ??= new FrameReader(this.#expectations)
    this.#reader.push(chunk)
  }

  /** Whether bytes that were received have not been read. */
  get hasUnread(): boolean {
    return this.#reader?.hasUnread === true
  }

  /** Reads on in what was received. */
  receiveRest(maxFrames = Infinity): void {
    const end = this.#frames + maxFrames
    while (this.#isListening && this.#frames < end && this.#readNext());
    this.release()
  }

  /**
   * Reads messages from the front of what was received as long as each arrived whole, in one frame and not compressed;
   * at most `maxFrames`. What that costs a message is a fraction of what an event does. Where they are says
   * `kernel.table` until the next call, by offsets in `chunk`. **That texts which are not ASCII are UTF-8 is for the
   * caller to find out**, who says so with `reject`. Everything else is left for `receiveRest`.
   */
  readWhole(maxFrames: number): number {
    const reader = this.#reader
    if (reader === undefined) return 0
    if (this.#generateMask !== undefined || this.#state !== 'open' || !this.#isListening || this.isMidMessage)
      return 0
    const count = kernel.readFrames(reader.chunk, reader.offset, this.#limits.maxMessageBytes, maxFrames)
    if (count === 0) return 0
    reader.skipTo(kernel.stoppedAt)
    this.#frames += count
    this.#boundaries++
    return count
  }

  /** Lets go of what was received if all of it has been read, so that an idle connection does not keep it alive. */
  release(): void {
    const reader = this.#reader
    if (reader === undefined || (this.#isListening && reader.hasUnread)) return
    if (this.#isListening && (reader.isInHeader || this.#frame !== undefined)) reader.release()
    else this.#reader = undefined
  }

  /** What was received last, for `readWhole`. */
  get chunk(): Uint8Array {
    return this.#reader?.chunk ?? NO_BYTES
  }

  /** Nothing more will be exchanged. Without a closing handshake before it, that is an abnormal end (§7.1.5). */
  receiveEof(): void {
    this.#finish(this.#ending ?? { code: ABNORMAL_CODE, reason: '' }, false)
  }

  /**
   * What the peer sent breaks a rule that the machine cannot see, since it lies inside of what is compressed. Makes an
   * `ending` of it, also in place of a Close frame that came behind it.
   */
  reject(error: WebSocketProtocolError): void {
    if (this.#state !== 'closed') this.#endWithError(error)
  }

  /**
   * Answers the peer's last word, if it has said it: a Close frame with one that echoes its code, unless ours came
   * first (§5.5.1); a breach of the protocol with one that says why (§7.1.7).
   */
  conclude(): void {
    const ending = this.#ending
    if (ending === undefined || this.#state === 'closed') return
    // 1010 is a complaint that only clients may have (§7.4.1).
    const code = ending.code === 1010 ? 1000 : ending.code
    if (this.#state === 'open') this.#pushClose({ code, reason: ending.wasClean ? '' : ending.reason })
    this.#finish(ending, ending.wasClean)
  }

  /**
   * Queues a message, a long one in fragments; `data` of a text must be UTF-8. False, and nothing sent, once not
   * open.
   */
  sendMessage(data: Uint8Array, { isText, isCompressed = false }: OutgoingKind): boolean {
    if (this.#state !== 'open') return false
    const generateMask = this.#generateMask
    for (const frame of encodeMessage(data, { isText, isCompressed, generateMask })) this.#queue.push(frame)
    return true
  }

  /**
   * Queues whole data frames that were encoded before and must not change; they may be shared by any number of
   * connections; those before the index `from` are left out. For servers only, since a client masks each frame anew.
   * False, and nothing sent, once not open.
   */
  sendFrames(frames: readonly Uint8Array[], from = 0): boolean {
    if (this.#state !== 'open') return false
    // By index: this runs once for each subscriber of a broadcast, nearly always for one frame.
    for (let index = from; index < frames.length; index++) this.#queue.push(frames[index]!)
    return true
  }

  /**
   * Queues a message of a server, whose payload of up to `ARENA_PIECE_BYTES` the caller writes into `arena.bytes` at the
   * offset that is returned, at once. For an open connection only.
   */
  reserveMessage(arena: ByteArena, isText: boolean, payloadBytes: number): number {
    const length = encodedHeaderBytes(payloadBytes, false)
    const offset = this.#queue.reserve(arena, length + payloadBytes)
    writeHeader(arena.bytes, offset, isText ? Opcode.text : Opcode.binary, payloadBytes)
    return offset + length
  }

  /**
   * Queues a ping. Ignored once not open.
   *
   * @throws RangeError for more than 125 bytes.
   */
  sendPing(data: Uint8Array = NO_BYTES): void {
    if (data.length > LONGEST_CONTROL_BYTES) throw new RangeError('a ping has at most 125 bytes')
    if (this.#state === 'open') this.#queue.push(this.#encode(Opcode.ping, data))
  }

  /**
   * Starts the closing handshake after what is queued. Ignored once not open.
   *
   * @throws RangeError for a code that must not be sent, or a reason of more than 123 bytes.
   */
  close(code = 1000, reason = ''): void {
    assertClosable(code, reason)
    if (this.#state !== 'open') return
    this.#pushClose({ code, reason })
    this.#state = 'closing'
    this.#assembler = undefined
    this.conclude()
  }

  /** Fails the connection at once (§7.1.7): say why if possible, then listen no more. */
  fail(error: WebSocketProtocolError): void {
    const info: CloseInfo = { code: error.closeCode, reason: error.message }
    if (this.#state === 'open') this.#pushClose(info)
    this.#finish(info, false)
  }

  /** Drops the queued frames of which nothing was taken, to be failed at once instead of after them. */
  dropOutput(): void {
    this.#output?.clear()
  }

  /** Whether something has happened. */
  get hasEvents(): boolean {
    return this.#events !== NO_EVENTS
  }

  /** What happened since the last call, in order. */
  takeEvents(): readonly ProtocolEvent[] {
    const events = this.#events
    this.#events = NO_EVENTS
    return events
  }

  /** The next bytes for the peer, at most `maxBytes`. */
  takeOutput(maxBytes = Infinity): readonly Uint8Array[] {
    const output = this.#output
    if (output === undefined) return NO_FRAMES
    const taken = output.take(maxBytes)
    if (output.bytes === 0) this.#output = undefined
    return taken
  }

  /** Reads the next header or piece of payload; false when the chunk is used up. */
  #readNext(): boolean {
    const reader = this.#reader
    if (reader === undefined) return false
    if (this.#frame === undefined) {
      const header = reader.readHeader()
      if (header === undefined) return false
      const error = 'closeCode' in header ? header : this.#beginFrame(header)
      if (error !== undefined) this.#endWithError(error)
      return true
    }
    const piece = reader.readPayload()
    if (piece === undefined) return false
    const error = this.#acceptPiece(this.#frame, piece, reader.payloadBytesLeft)
    if (error !== undefined) this.#endWithError(error)
    return true
  }

  #beginFrame(header: FrameHeader): WebSocketProtocolError | undefined {
    this.#frame = header
    if (isControl(header.opcode)) {
      this.#control = new Uint8Array(header.payloadBytes)
      return undefined
    }
    if (this.#ignoresData) return undefined
    this.#assembler ??= new MessageAssembler(this.#limits)
    return this.#assembler.begin(header)
  }

  #acceptPiece(frame: FrameHeader, piece: Uint8Array, bytesLeft: number): WebSocketProtocolError | undefined {
    const isFrameEnd = bytesLeft === 0
    if (isFrameEnd) {
      this.#frame = undefined
      this.#frames++
    }
    const error = isControl(frame.opcode)
      ? this.#acceptControlPiece(frame, piece, bytesLeft)
      : this.#acceptDataPiece(piece, isFrameEnd && frame.isFinal)
    if (!this.isMidMessage) this.#boundaries++
    return error
  }

  #acceptDataPiece(piece: Uint8Array, isLast: boolean): WebSocketProtocolError | undefined {
    if (this.#ignoresData) return undefined
    // A frame that was begun while the connection was open has an assembler.
    const result = this.#assembler?.push(piece, isLast)
    if (isLast) this.#assembler = undefined
    if (result === undefined || 'closeCode' in result) return result
    this.#report(result)
    return undefined
  }

  #acceptControlPiece(
    frame: FrameHeader,
    piece: Uint8Array,
    bytesLeft: number,
  ): WebSocketProtocolError | undefined {
    this.#control.set(piece, frame.payloadBytes - bytesLeft - piece.length)
    if (bytesLeft > 0) return undefined
    const payload = this.#control
    this.#control = NO_BYTES
    switch (frame.opcode) {
      case Opcode.close:
        return this.#receiveClose(payload)
      case Opcode.ping:
        this.#receivePing(payload)
        return undefined
      default:
        this.#report({ type: 'pong', data: payload })
        return undefined
    }
  }

  /** §5.5.2: a pong as soon as is practical, so it overtakes the data that waits. */
  #receivePing(data: Uint8Array): void {
    this.#report({ type: 'ping', data })
    if (this.#state === 'open') this.#queue.pushUrgent(this.#encode(Opcode.pong, data))
  }

  #receiveClose(payload: Uint8Array): WebSocketProtocolError | undefined {
    const info = decodeClosePayload(payload)
    if ('closeCode' in info) return info
    this.#end({ ...info, wasClean: true }, undefined)
    return undefined
  }

  #endWithError(error: WebSocketProtocolError): void {
    this.#end({ code: error.closeCode, reason: error.message, wasClean: false }, error)
  }

  #end(ending: Omit<ClosedEvent, 'type'>, error: WebSocketProtocolError | undefined): void {
    const isFirst = this.#ending === undefined
    this.#ending = { type: 'closed', ...ending }
    this.#forgetInput()
    if (isFirst) this.#report({ type: 'ending', error })
  }

  #finish({ code, reason }: CloseInfo, wasClean: boolean): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#forgetInput()
    this.#report({ type: 'closed', code, reason, wasClean })
  }

  #forgetInput(): void {
    this.#assembler = undefined
    this.#frame = undefined
    this.#control = NO_BYTES
  }

  #report(event: ProtocolEvent): void {
    if (this.#events === NO_EVENTS) this.#events = []
    this.#events.push(event)
  }

  #pushClose(info: CloseInfo): void {
    this.#queue.push(this.#encode(Opcode.close, encodeClosePayload(info)))
  }

  get #queue(): OutputQueue {
    return (this.#output ??= new OutputQueue())
  }

  get #isListening(): boolean {
    return this.#ending === undefined && this.#state !== 'closed'
  }

  /** Once our Close is queued, data that is still on its way is read over and not kept. */
  get #ignoresData(): boolean {
    return this.#state !== 'open'
  }

  #encode(opcode: Opcode, payload: Uint8Array): Uint8Array {
    return encodeFrame(opcode, payload, { maskKey: this.#generateMask?.() })
  }
}
