// Reads WebSocket frames out of recorded bytes: just enough to say what really went over the wire. It checks nothing.

/** A frame that was seen. */
export interface SeenFrame {
  readonly opcode: number
  readonly isFinal: boolean
  /** RSV1: with permessage-deflate, that the message is compressed (RFC 7692 §6). */
  readonly isCompressed: boolean
  readonly isMasked: boolean
  readonly payloadBytes: number
  /** What was recorded of the payload, without its mask. */
  readonly payload: Buffer
}

/** The frames in the recorded bytes that follow an HTTP head. The last may be cut short. */
export function framesIn(recorded: Buffer): readonly SeenFrame[] {
  const head = recorded.indexOf('\r\n\r\n')
  const frames: SeenFrame[] = []
  let offset = head < 0 ? recorded.length : head + 4
  for (let found = frameAt(recorded, offset); found; found = frameAt(recorded, offset)) {
    frames.push(found.frame)
    offset = found.end
  }
  return frames
}

/** The frame that begins here and where it ends, which may be beyond the bytes; undefined if its header is not whole. */
export function frameAt(bytes: Buffer, offset: number): { frame: SeenFrame; end: number } | undefined {
  if (offset + 2 > bytes.length) return undefined
  const [first, second] = [bytes[offset]!, bytes[offset + 1]!]
  const isMasked = (second & 0x80) !== 0
  const lengthBytes = { 126: 2, 127: 8 }[second & 0x7f] ?? 0
  const start = offset + 2 + lengthBytes + (isMasked ? 4 : 0)
  if (start > bytes.length) return undefined
  const payloadBytes =
    lengthBytes === 0
      ? second & 0x7f
      : lengthBytes === 2
        ? bytes.readUInt16BE(offset + 2)
        : Number(bytes.readBigUInt64BE(offset + 2))
  const end = start + payloadBytes
  const frame = {
    opcode: first & 0x0f,
    isFinal: (first & 0x80) !== 0,
    isCompressed: (first & 0x40) !== 0,
    isMasked,
    payloadBytes,
    payload: isMasked ? unmask(bytes.subarray(start - 4, end)) : bytes.subarray(start, end),
  }
  return { frame, end }
}

/** What follows a mask, without it. */
function unmask(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(4).map((byte, index) => byte ^ bytes[index % 4]!))
}
