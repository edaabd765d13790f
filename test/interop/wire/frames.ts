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
  while (offset + 2 <= recorded.length) {
    const [first, second] = [recorded[offset]!, recorded[offset + 1]!]
    const isMasked = (second & 0x80) !== 0
    let payloadBytes = second & 0x7f
    let start = offset + 2
    if (payloadBytes === 126) {
      if (start + 2 > recorded.length) break
      payloadBytes = recorded.readUInt16BE(start)
      start += 2
    } else if (payloadBytes === 127) {
      if (start + 8 > recorded.length) break
      payloadBytes = Number(recorded.readBigUInt64BE(start))
      start += 8
    }
    const key = isMasked ? recorded.subarray(start, start + 4) : Buffer.alloc(4)
    if (isMasked) start += 4
    const masked = recorded.subarray(start, start + payloadBytes)
    frames.push({
      opcode: first & 0x0f,
      isFinal: (first & 0x80) !== 0,
      isCompressed: (first & 0x40) !== 0,
      isMasked,
      payloadBytes,
      payload: Buffer.from(masked.map((byte, index) => byte ^ (key[index % 4] ?? 0))),
    })
    offset = start + payloadBytes
  }
  return frames
}
