// A second reading of RFC 6455, as plain as can be and shared with nobody: takes finished bytes apart into frames, and
// says what is wrong with what an endpoint sent.
import { must } from './target.ts'

export interface ReadFrame {
  readonly isFinal: boolean
  readonly rsv: number
  readonly opcode: number
  readonly isMasked: boolean
  /** Whether the length is written in as few bytes as can be. */
  readonly isMinimal: boolean
  readonly declaredBytes: bigint
  /** Unmasked; shorter than declared if the bytes end before. */
  readonly payload: Buffer
  /** Where the frame begins. */
  readonly offset: number
}

/** The frames of a stream. The last one may be cut short; a header that is cut short is left out. */
export function readFrames(bytes: Uint8Array): ReadFrame[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames: ReadFrame[] = []
  let offset = 0
  while (offset + 2 <= buffer.length) {
    const frame = readFrame(buffer, offset)
    if (frame === undefined) break
    frames.push(frame.frame)
    offset = frame.end
  }
  return frames
}

function readFrame(buffer: Buffer, offset: number): { frame: ReadFrame; end: number } | undefined {
  const first = buffer[offset]!
  const second = buffer[offset + 1]!
  const short = second & 0x7f
  const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8
  const isMasked = second >= 0x80
  const start = offset + 2 + lengthBytes + (isMasked ? 4 : 0)
  if (start > buffer.length) return undefined
  let declaredBytes = BigInt(short)
  if (lengthBytes === 2) declaredBytes = BigInt(buffer.readUInt16BE(offset + 2))
  if (lengthBytes === 8) declaredBytes = buffer.readBigUInt64BE(offset + 2)
  const isMinimal =
    lengthBytes === 0 || (lengthBytes === 2 ? declaredBytes >= 126n : declaredBytes >= 65_536n)
  const there = BigInt(buffer.length - start)
  const end = start + Number(declaredBytes < there ? declaredBytes : there)
  const payload = Buffer.from(buffer.subarray(start, end))
  if (isMasked) for (let i = 0; i < payload.length; i++) payload[i]! ^= buffer[start - 4 + (i & 3)]!
  const frame: ReadFrame = {
    isFinal: first >= 0x80,
    rsv: (first >> 4) & 7,
    opcode: first & 0x0f,
    isMasked,
    isMinimal,
    declaredBytes,
    payload,
    offset,
  }
  return { frame, end: declaredBytes > there ? buffer.length : end }
}

/** What an endpoint may send. */
export interface OutputRules {
  readonly isMasked: boolean
  readonly allowsCompression: boolean
}

/** Checks that `bytes` are whole frames that an endpoint may send, and returns them. */
export function checkOutput(bytes: Uint8Array, { isMasked, allowsCompression }: OutputRules): ReadFrame[] {
  const frames = readFrames(bytes)
  let isOpen = false
  let end = 0
  for (const [index, frame] of frames.entries()) {
    const { opcode, payload, isFinal, rsv } = frame
    const say = (): string => `frame ${index} at ${frame.offset}, opcode ${opcode}`
    must(BigInt(payload.length) === frame.declaredBytes, 'output ends inside a frame', say)
    must(frame.isMinimal, 'a length is not minimal', say)
    must(frame.isMasked === isMasked, 'masking does not fit the role', say)
    must([0, 1, 2, 8, 9, 10].includes(opcode), 'a reserved opcode', say)
    if (opcode >= 8) must(isFinal && payload.length <= 125 && rsv === 0, 'a malformed control frame', say)
    else {
      must((opcode === 0) === isOpen, 'fragments are out of order', say)
      must(rsv === 0 || (rsv === 4 && allowsCompression && opcode !== 0), 'reserved bits', say)
      isOpen = !isFinal
    }
    if (opcode === 8) {
      must(index === frames.length - 1, 'something follows a Close', say)
      must(payload.length !== 1, 'half a code in a Close', say)
      if (payload.length >= 2) must(mayBeSent(payload.readUInt16BE(0)), 'a code that must not be sent', say)
    }
    end = frame.offset + headBytes(frame) + payload.length
  }
  must(end === bytes.length, 'output ends inside a header')
  return frames
}

function headBytes({ declaredBytes, isMasked }: ReadFrame): number {
  return 2 + (declaredBytes < 126n ? 0 : declaredBytes < 65_536n ? 2 : 8) + (isMasked ? 4 : 0)
}

/** RFC 6455 §7.4.1, §7.4.2 and the registry. */
export function mayBeSent(code: number): boolean {
  const isAssigned = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)
  return isAssigned || (code >= 3000 && code <= 4999)
}
