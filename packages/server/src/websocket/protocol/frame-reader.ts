// Finds the frames in a stream of chunks and unmasks their payloads. It knows layout, not meaning.
import { NO_BYTES } from '../../util/bytes.ts'
import {
  decodeHeader,
  findLeadViolation,
  headerBytes,
  LONGEST_HEADER_BYTES,
  type FrameExpectations,
  type FrameHeader,
} from './frame-header.ts'
import { applyMask } from './mask.ts'
import { type WebSocketProtocolError } from './protocol-error.ts'

/** Where a header is put that arrived in one piece, as nearly all do. Used up before anybody else reads one. */
const wholeHeader = new Uint8Array(LONGEST_HEADER_BYTES)

/**
 * Reads frames as a header followed by pieces of payload.
 *
 * Nothing is ever allocated for a length that was only declared, and payload is not collected here: a piece is
 * a view of the chunk, unmasked in place, and is used up before the next chunk comes.
 */
export class FrameReader {
  readonly #expectations: FrameExpectations
  #chunk = NO_BYTES
  #offset = 0
  /** The header so far, if the chunk ended within it; it may arrive byte by byte. */
  #header: Uint8Array | undefined
  #headerLength = 0
  #maskKey: number | undefined
  #payloadBytes = 0
  #payloadBytesLeft = 0

  constructor(expectations: FrameExpectations) {
    this.#expectations = expectations
  }

  /** Whether a header has begun and is not complete. */
  get isInHeader(): boolean {
    return this.#headerLength > 0
  }

  /** How many bytes of the current frame's payload have not been read. */
  get payloadBytesLeft(): number {
    return this.#payloadBytesLeft
  }

  /** Whether bytes of the chunk have not been read. */
  get hasUnread(): boolean {
    return this.#offset < this.#chunk.length
  }

  /** Takes the next chunk and with it the right to write to it. The one before must be used up. */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk
    this.#offset = 0
  }

  /** Lets go of the chunk, so that an idle connection does not keep it alive. */
  release(): void {
    this.#chunk = NO_BYTES
    this.#offset = 0
  }

  /** Where in the chunk the reading has got to, for those who read whole frames from it. */
  get offset(): number {
    return this.#offset
  }

  /** The chunk. */
  get chunk(): Uint8Array {
    return this.#chunk
  }

  /** Goes on at an offset of the chunk; what was before it has been read by others, in whole frames. */
  skipTo(offset: number): void {
    this.#offset = offset
  }

  /** Reads the header of the next frame; undefined if the chunk ends before the header does. */
  readHeader(): FrameHeader | WebSocketProtocolError | undefined {
    const bytes = (this.#header ??= wholeHeader)
    const violation = this.#gather(bytes, 2)
      ? findLeadViolation(bytes[0]!, bytes[1]!, this.#expectations)
      : undefined
    if (violation !== undefined) return violation
    if (this.#headerLength < 2 || !this.#gather(bytes, headerBytes(bytes[1]!))) {
      this.#keepHeader(bytes)
      return undefined
    }
    const header = decodeHeader(bytes)
    if ('closeCode' in header) return header
    this.#header = undefined
    this.#headerLength = 0
    this.#maskKey = header.maskKey
    this.#payloadBytes = header.payloadBytes
    this.#payloadBytesLeft = header.payloadBytes
    return header
  }

  /** Reads what the chunk has of the payload; undefined if the chunk is used up and the payload is not. */
  readPayload(): Uint8Array | undefined {
    const size = Math.min(this.#payloadBytesLeft, this.#chunk.length - this.#offset)
    if (size === 0) return this.#payloadBytesLeft === 0 ? NO_BYTES : undefined
    const piece = this.#chunk.subarray(this.#offset, this.#offset + size)
    if (this.#maskKey !== undefined) {
      applyMask(piece, this.#maskKey, this.#payloadBytes - this.#payloadBytesLeft)
    }
    this.#offset += size
    this.#payloadBytesLeft -= size
    return piece
  }

  /** Continues the header up to `length` bytes; false if the chunk ends first. */
  #gather(bytes: Uint8Array, length: number): boolean {
    while (this.#headerLength < length && this.#offset < this.#chunk.length) {
      bytes[this.#headerLength++] = this.#chunk[this.#offset++]!
    }
    return this.#headerLength >= length
  }

  /** Remembers the beginning of a header until the next chunk. */
  #keepHeader(bytes: Uint8Array): void {
    if (this.#headerLength === 0) this.#header = undefined
    else if (bytes === wholeHeader) this.#header = Uint8Array.from(bytes)
  }
}
