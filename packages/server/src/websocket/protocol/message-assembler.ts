// Puts the fragments of messages together (RFC 6455 §5.4) within limits, and validates texts as they arrive. What is
// compressed cannot be validated here.
import { ByteAccumulator } from '../../util/bytes.ts'
import { type FrameHeader } from './frame-header.ts'
import { Opcode } from './opcode.ts'
import { protocolErrors, type WebSocketProtocolError } from './protocol-error.ts'
import { type MessageEvent } from './protocol-event.ts'
import { Utf8Validator } from './utf8-validator.ts'

/** What one message may cost its receiver. */
export interface MessageLimits {
  /** The longest message, over all its fragments. */
  readonly maxMessageBytes: number
  /** The most frames of one message; empty ones count. */
  readonly maxFragments: number
}

/** Assembles one message after the other. */
export class MessageAssembler {
  readonly #limits: MessageLimits
  #kind: 'text' | 'binary' | undefined
  #isCompressed = false
  #fragments = 0
  #declaredBytes = 0
  readonly #collected = new ByteAccumulator()
  readonly #validator = new Utf8Validator()

  constructor(limits: MessageLimits) {
    this.#limits = limits
  }

  /** Whether a message has begun and is not complete. */
  get isOpen(): boolean {
    return this.#kind !== undefined
  }

  /** Takes the header of a data frame; what it declares is judged before any of it is received. */
  begin(header: FrameHeader): WebSocketProtocolError | undefined {
    const isContinuation = header.opcode === Opcode.continuation
    if (isContinuation && !this.isOpen) return protocolErrors.nothingToContinue
    if (!isContinuation && this.isOpen) return protocolErrors.messageInterrupted
    if (!isContinuation) {
      this.#kind = header.opcode === Opcode.text ? 'text' : 'binary'
      this.#isCompressed = header.isCompressed
    }
    this.#declaredBytes += header.payloadBytes
    if (this.#declaredBytes > this.#limits.maxMessageBytes) return protocolErrors.messageTooBig
    this.#fragments++
    if (this.#fragments > this.#limits.maxFragments) return protocolErrors.tooManyFragments
    return undefined
  }

  /** Takes the next unmasked piece of payload; `isLast` says that the message ends with it. */
  push(piece: Uint8Array, isLast: boolean): MessageEvent | WebSocketProtocolError | undefined {
    const isText = this.#kind === 'text'
    const isCompressed = this.#isCompressed
    const isValidated = isText && !isCompressed
    if (isValidated && !this.#validator.push(piece)) return protocolErrors.invalidText
    if (!isLast) {
      this.#collected.append(piece)
      return undefined
    }
    if (isValidated && !this.#validator.isComplete) return protocolErrors.invalidText
    const data = this.#takeWhole(piece)
    this.reset()
    return { type: 'message', isText, isCompressed, data }
  }

  /** Forgets the message that has begun. */
  reset(): void {
    this.#kind = undefined
    this.#fragments = 0
    this.#declaredBytes = 0
    this.#collected.clear()
    this.#validator.reset()
  }

  /** A message that came in one piece, as nearly all do, is not copied. */
  #takeWhole(lastPiece: Uint8Array): Uint8Array {
    return this.#collected.length === 0 ? lastPiece : this.#collected.take(lastPiece)
  }
}
