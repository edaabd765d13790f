// Writes frames: one frame is one array of bytes, header and payload together, so that it can be shared.
import { encodedHeaderBytes, encodeHeader, type FrameHeader } from './frame-header.ts'
import { applyMask } from './mask.ts'
import { type Opcode } from './opcode.ts'

export interface FrameOptions {
  /** Whether this is the last frame of its message. @default true */
  readonly isFinal?: boolean
  /** The masking key as a big-endian number; clients must give one (RFC 6455 §5.3). */
  readonly maskKey?: number | undefined
}

/** The bytes of a frame. The payload is copied, so the caller may use its array again. */
export function encodeFrame(opcode: Opcode, payload: Uint8Array, options: FrameOptions = {}): Uint8Array {
  const { isFinal = true, maskKey } = options
  const header: FrameHeader = { isFinal, opcode, payloadBytes: payload.length, maskKey }
  const headerLength = encodedHeaderBytes(payload.length, maskKey !== undefined)
  const frame = new Uint8Array(headerLength + payload.length)
  encodeHeader(frame, header)
  frame.set(payload, headerLength)
  if (maskKey !== undefined) applyMask(frame.subarray(headerLength), maskKey)
  return frame
}
