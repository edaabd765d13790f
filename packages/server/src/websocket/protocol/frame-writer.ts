// Writes frames: one frame is one array of bytes, header and payload together, so that it can be shared.
import { allocateBytes } from '../../util/bytes.ts'
import { encodedHeaderBytes, encodeHeader, type FrameHeader } from './frame-header.ts'
import { applyMask } from './mask.ts'
import { Opcode } from './opcode.ts'

export interface FrameOptions {
  /** Whether this is the last frame of its message. @default true */
  readonly isFinal?: boolean
  /** Whether the message that begins here is compressed. @default false */
  readonly isCompressed?: boolean
  /** The masking key as a big-endian number; clients must give one (RFC 6455 §5.3). */
  readonly maskKey?: number | undefined
}

/** The bytes of a frame. The payload is copied, so the caller may use its array again. */
export function encodeFrame(opcode: Opcode, payload: Uint8Array, options: FrameOptions = {}): Uint8Array {
  const header = headerOf(opcode, payload, options)
  const frame = new Uint8Array(frameBytes(header))
  writeFrame(frame, header, payload)
  return frame
}

function headerOf(opcode: Opcode, payload: Uint8Array, options: FrameOptions): FrameHeader {
  const { isFinal = true, isCompressed = false, maskKey } = options
  return { isFinal, isCompressed, opcode, payloadBytes: payload.length, maskKey }
}

function frameBytes({ payloadBytes, maskKey }: FrameHeader): number {
  return encodedHeaderBytes(payloadBytes, maskKey !== undefined) + payloadBytes
}

/** Writes a frame over the whole of `target`. */
function writeFrame(target: Uint8Array, header: FrameHeader, payload: Uint8Array): void {
  const headerLength = target.length - payload.length
  encodeHeader(target, header)
  target.set(payload, headerLength)
  if (header.maskKey !== undefined) applyMask(target.subarray(headerLength), header.maskKey)
}

/**
 * Longer messages are sent in fragments of this many bytes, so that a control frame need not wait for the end of a
 * message that the network takes a long time to carry (RFC 6455 §5.4).
 */
export const FRAGMENT_BYTES = 128 * 1024

/** Receivers limit the number of fragments; beyond so many they grow instead. */
const MAX_FRAGMENTS_SENT = 256

export interface MessageEncoding {
  readonly isText: boolean
  /** Whether `payload` is compressed. @default false */
  readonly isCompressed?: boolean
  /** The next masking key; clients must give one. */
  readonly generateMask?: (() => number) | undefined
}

/** The frames of a message, nearly always one. The payload is copied. */
export function encodeMessage(
  payload: Uint8Array,
  { isText, isCompressed = false, generateMask }: MessageEncoding,
): Uint8Array[] {
  const kind = isText ? Opcode.text : Opcode.binary
  if (payload.length <= FRAGMENT_BYTES) {
    const header = headerOf(kind, payload, { isCompressed, maskKey: generateMask?.() })
    const frame = allocateBytes(frameBytes(header))
    writeFrame(frame, header, payload)
    return [frame]
  }
  const size = Math.max(FRAGMENT_BYTES, Math.ceil(payload.length / MAX_FRAGMENTS_SENT))
  const frames: Uint8Array[] = []
  for (let start = 0; start < payload.length; start += size) {
    const isFirst = start === 0
    const fragment = payload.subarray(start, start + size)
    const header = headerOf(isFirst ? kind : Opcode.continuation, fragment, {
      isFinal: start + size >= payload.length,
      isCompressed: isFirst && isCompressed,
      maskKey: generateMask?.(),
    })
    const frame = allocateBytes(frameBytes(header))
    writeFrame(frame, header, fragment)
    frames.push(frame)
  }
  return frames
}
