// Frames as clients send them. Read and unmasked in place again and again they stay the same frames of ASCII texts.

/** Of ASCII bytes: what is ASCII stays so however often it is masked. */
const KEY = Buffer.from([0x12, 0x34, 0x56, 0x78])
const FINAL = 0x80
const TEXT = 1
const CONTINUATION = 0

/** A whole text message of so many payload bytes. */
export const textFrame = (payloadBytes: number): Buffer => frame(FINAL | TEXT, payloadBytes)

/** One text message in `count` frames of `payloadBytes` each. */
export function textFragments(count: number, payloadBytes: number): Buffer {
  const fragment = (_: unknown, index: number): Buffer =>
    frame((index === 0 ? TEXT : CONTINUATION) | (index === count - 1 ? FINAL : 0), payloadBytes)
  return Buffer.concat(Array.from({ length: count }, fragment))
}

/** So many whole text messages behind each other. */
export function textFrames(count: number, payloadBytes: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => textFrame(payloadBytes)))
}

/** The same bytes in pieces, as a socket hands over what is long. */
export function inChunks(bytes: Buffer, chunkBytes: number): Buffer[] {
  const count = Math.ceil(bytes.length / chunkBytes)
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  )
}

/** RFC 6455 §5.2. */
function frame(first: number, payloadBytes: number): Buffer {
  const length = lengthField(payloadBytes)
  return Buffer.concat([Buffer.from([first]), length, KEY, Buffer.alloc(payloadBytes, 'a')])
}

function lengthField(payloadBytes: number): Buffer {
  const isMasked = 0x80
  if (payloadBytes < 126) return Buffer.from([isMasked | payloadBytes])
  const field = Buffer.alloc(payloadBytes < 65_536 ? 3 : 9)
  field[0] = isMasked | (field.length === 3 ? 126 : 127)
  if (field.length === 3) field.writeUInt16BE(payloadBytes, 1)
  else field.writeBigUInt64BE(BigInt(payloadBytes), 1)
  return field
}
