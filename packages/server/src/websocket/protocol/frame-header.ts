// The layout of a frame header (RFC 6455 §5.2) and the rules that the header alone can break.
import { beginsMessage, isControl, isOpcode } from './opcode.ts'
import { protocolErrors, type WebSocketProtocolError } from './protocol-error.ts'

/** Which end of the connection an endpoint is: clients mask what they send, servers do not. */
export type Role = 'server' | 'client'

/** What a header says. */
export interface FrameHeader {
  /** Whether this is the last frame of its message. */
  readonly isFinal: boolean
  /** RSV1: the message that begins here is compressed (RFC 7692 §6). */
  readonly isCompressed: boolean
  readonly opcode: number
  readonly payloadBytes: number
  /** The four bytes of the masking key as a big-endian number, if the payload is masked. */
  readonly maskKey: number | undefined
}

/** Two bytes, a 64-bit length and a masking key. */
export const LONGEST_HEADER_BYTES = 14
/** The longest payload of a control frame (§5.5), and the longest length that fits the second byte. */
export const LONGEST_CONTROL_BYTES = 125

const FINAL_BIT = 0x80
const COMPRESSED_BIT = 0x40
const RESERVED_BITS = 0x30
const MASK_BIT = 0x80
const LENGTH_IN_16_BITS = 126
const LENGTH_IN_64_BITS = 127

/** How long the header is that has this second byte. */
export function headerBytes(second: number): number {
  return 2 + lengthFieldBytes(second & 0x7f) + ((second & MASK_BIT) === 0 ? 0 : 4)
}

/** What an endpoint has agreed to receive. */
export interface FrameExpectations {
  readonly receiver: Role
  /** Whether messages may be compressed. */
  readonly allowsCompression: boolean
}

const EXPECTATIONS: Readonly<Record<Role, readonly [FrameExpectations, FrameExpectations]>> = {
  server: [
    { receiver: 'server', allowsCompression: false },
    { receiver: 'server', allowsCompression: true },
  ],
  client: [
    { receiver: 'client', allowsCompression: false },
    { receiver: 'client', allowsCompression: true },
  ],
}

/** The one object for all endpoints that have agreed to the same. */
export function expectationsOf(receiver: Role, allowsCompression: boolean): FrameExpectations {
  return EXPECTATIONS[receiver][allowsCompression ? 1 : 0]
}

/** The rules that the first two bytes can break, so that a peer is told before the rest has arrived. */
export function findLeadViolation(
  first: number,
  second: number,
  { receiver, allowsCompression }: FrameExpectations,
): WebSocketProtocolError | undefined {
  const opcode = first & 0x0f
  if ((first & RESERVED_BITS) !== 0) return protocolErrors.reservedBits
  if ((first & COMPRESSED_BIT) !== 0) {
    if (!allowsCompression) return protocolErrors.reservedBits
    if (!beginsMessage(opcode)) return protocolErrors.misplacedCompression
  }
  if (!isOpcode(opcode)) return protocolErrors.reservedOpcode
  if (isControl(opcode)) {
    if ((first & FINAL_BIT) === 0) return protocolErrors.controlFragmented
    if ((second & 0x7f) > LONGEST_CONTROL_BYTES) return protocolErrors.controlTooLong
  }
  const isMasked = (second & MASK_BIT) !== 0
  if (receiver === 'server' && !isMasked) return protocolErrors.unmasked
  if (receiver === 'client' && isMasked) return protocolErrors.masked
  return undefined
}

/** Reads the complete header at the start of `bytes`, or finds that its length breaks a rule. */
export function decodeHeader(bytes: Uint8Array): FrameHeader | WebSocketProtocolError {
  const first = byteAt(bytes, 0)
  const second = byteAt(bytes, 1)
  const shortLength = second & 0x7f
  const maskOffset = 2 + lengthFieldBytes(shortLength)
  let payloadBytes = shortLength
  if (shortLength === LENGTH_IN_16_BITS) {
    payloadBytes = (byteAt(bytes, 2) << 8) | byteAt(bytes, 3)
    if (payloadBytes < LENGTH_IN_16_BITS) return protocolErrors.lengthNotMinimal
  } else if (shortLength === LENGTH_IN_64_BITS) {
    const high = uint32At(bytes, 2)
    if (high >= 2 ** 31) return protocolErrors.lengthNegative
    payloadBytes = high * 2 ** 32 + uint32At(bytes, 6)
    if (payloadBytes < 2 ** 16) return protocolErrors.lengthNotMinimal
    // Beyond 2^53 the number above is no longer exact; no limit may let such a frame in.
    if (payloadBytes > Number.MAX_SAFE_INTEGER) return protocolErrors.messageTooBig
  }
  return {
    isFinal: (first & FINAL_BIT) !== 0,
    isCompressed: (first & COMPRESSED_BIT) !== 0,
    opcode: first & 0x0f,
    payloadBytes,
    maskKey: (second & MASK_BIT) === 0 ? undefined : uint32At(bytes, maskOffset),
  }
}

/** How long the header of a frame is with so much payload, in its minimal encoding. */
export function encodedHeaderBytes(payloadBytes: number, isMasked: boolean): number {
  return 2 + lengthFieldBytes(shortLengthFor(payloadBytes)) + (isMasked ? 4 : 0)
}

/** Writes the header to the start of `target`, which has room for `encodedHeaderBytes`. */
export function encodeHeader(target: Uint8Array, header: FrameHeader): void {
  const { isFinal, isCompressed, opcode, payloadBytes, maskKey } = header
  const shortLength = shortLengthFor(payloadBytes)
  const maskOffset = 2 + lengthFieldBytes(shortLength)
  target[0] = (isFinal ? FINAL_BIT : 0) | (isCompressed ? COMPRESSED_BIT : 0) | opcode
  target[1] = (maskKey === undefined ? 0 : MASK_BIT) | shortLength
  if (shortLength === LENGTH_IN_16_BITS) {
    target[2] = payloadBytes >>> 8
    target[3] = payloadBytes
  } else if (shortLength === LENGTH_IN_64_BITS) {
    setUint32(target, 2, Math.floor(payloadBytes / 2 ** 32))
    setUint32(target, 6, payloadBytes)
  }
  if (maskKey !== undefined) setUint32(target, maskOffset, maskKey)
}

/** Writes the header of an unfragmented server's frame of at most 64 KiB at an offset of `target`, without an object. */
export function writeHeader(target: Uint8Array, offset: number, opcode: number, payloadBytes: number): void {
  target[offset] = FINAL_BIT | opcode
  if (payloadBytes < LENGTH_IN_16_BITS) {
    target[offset + 1] = payloadBytes
    return
  }
  target[offset + 1] = LENGTH_IN_16_BITS
  target[offset + 2] = payloadBytes >>> 8
  target[offset + 3] = payloadBytes
}

function shortLengthFor(payloadBytes: number): number {
  if (payloadBytes < LENGTH_IN_16_BITS) return payloadBytes
  return payloadBytes < 2 ** 16 ? LENGTH_IN_16_BITS : LENGTH_IN_64_BITS
}

function lengthFieldBytes(shortLength: number): number {
  if (shortLength === LENGTH_IN_16_BITS) return 2
  return shortLength === LENGTH_IN_64_BITS ? 8 : 0
}

function byteAt(bytes: Uint8Array, offset: number): number {
  return bytes[offset] ?? 0
}

function uint32At(bytes: Uint8Array, offset: number): number {
  const low = (byteAt(bytes, offset + 1) << 16) | (byteAt(bytes, offset + 2) << 8) | byteAt(bytes, offset + 3)
  return byteAt(bytes, offset) * 2 ** 24 + low
}

function setUint32(target: Uint8Array, offset: number, value: number): void {
  target[offset] = value >>> 24
  target[offset + 1] = value >>> 16
  target[offset + 2] = value >>> 8
  target[offset + 3] = value
}
