// Frames of RFC 6455 §5.2 as a peer of the server writes and reads them, written against the RFC and not against our
// own codec: a mistake must not be able to hide on both ends.
import { Mismatch } from './check.ts'

export const OP = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** How a frame departs from the usual; the defaults obey the RFC. */
export interface FrameShape {
  /** @default true */
  readonly isFinal?: boolean
  /** The three reserved bits: RSV1 is 4, RSV2 is 2, RSV3 is 1. @default 0 */
  readonly rsv?: number
  /** @default true */
  readonly isMasked?: boolean
  /** Four bytes. @default random */
  readonly key?: Uint8Array
  /** The bits of the length field. @default the fewest that suffice */
  readonly lengthBits?: 7 | 16 | 64
  /** What the header claims. @default the length of the payload */
  readonly declaredBytes?: number | bigint
}

let keys = 0

/** A masking key like any other. That they cannot be foreseen protects proxies (§10.3), of which there are none here. */
function nextKey(): Uint8Array {
  const key = Buffer.alloc(4)
  key.writeUInt32BE(Math.imul(++keys, 0x9e3779b1) >>> 0)
  return key
}

/** Builds a frame as a client sends it. */
export function frame(opcode: number, payload: string | Uint8Array = '', shape: FrameShape = {}): Buffer {
  const { isFinal = true, rsv = 0, isMasked = true, key = nextKey() } = shape
  const bytes = Buffer.from(payload)
  const declared = BigInt(shape.declaredBytes ?? bytes.length)
  const lengthBits = shape.lengthBits ?? (declared < 126n ? 7 : declared < 65_536n ? 16 : 64)
  const maskBit = isMasked ? 0x80 : 0
  const head = Buffer.alloc(lengthBits === 7 ? 2 : lengthBits === 16 ? 4 : 10)
  head[0] = (isFinal ? 0x80 : 0) | (rsv << 4) | opcode
  if (lengthBits === 7) head[1] = maskBit | Number(declared)
  else if (lengthBits === 16) {
    head[1] = maskBit | 126
    head.writeUInt16BE(Number(declared), 2)
  } else {
    head[1] = maskBit | 127
    head.writeBigUInt64BE(declared, 2)
  }
  if (!isMasked) return Buffer.concat([head, bytes])
  for (let index = 0; index < bytes.length; index++) bytes[index]! ^= key[index % 4]!
  return Buffer.concat([head, key, bytes])
}

export const text = (payload: string | Uint8Array, shape?: FrameShape): Buffer =>
  frame(OP.text, payload, shape)
export const binary = (payload: Uint8Array, shape?: FrameShape): Buffer => frame(OP.binary, payload, shape)
export const ping = (payload: string | Uint8Array = ''): Buffer => frame(OP.ping, payload)
export const pong = (payload: string | Uint8Array = ''): Buffer => frame(OP.pong, payload)

/** The payload of a Close frame (§5.5.1). */
export function closePayload(code: number, reason: string | Uint8Array = ''): Buffer {
  return Buffer.concat([Buffer.from([code >>> 8, code & 0xff]), Buffer.from(reason)])
}

/** A Close frame; without a code an empty one. */
export function close(code?: number, reason: string | Uint8Array = ''): Buffer {
  return frame(OP.close, code === undefined ? '' : closePayload(code, reason))
}

/** The frames of one message, cut after every one of `sizes` bytes; the rest is the last. */
export function fragments(
  opcode: number,
  payload: string | Uint8Array,
  sizes: readonly number[],
  rsv = 0,
): Buffer[] {
  const bytes = Buffer.from(payload)
  const ends = [
    ...sizes.map((_, index) => sizes.slice(0, index + 1).reduce((sum, size) => sum + size, 0)),
    bytes.length,
  ]
  return ends.map((end, index) =>
    frame(index === 0 ? opcode : OP.continuation, bytes.subarray(ends[index - 1] ?? 0, end), {
      isFinal: index === ends.length - 1,
      rsv: index === 0 ? rsv : 0,
    }),
  )
}

/** A frame as it arrived. */
export interface ReceivedFrame {
  readonly opcode: number
  readonly isFinal: boolean
  readonly rsv: number
  readonly payload: Buffer
  readonly headerBytes: number
}

/** Codes that may be seen on the wire from a server: §7.4.1 without those for clients and those never sent. */
function isServerCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006, 1010].includes(code)) ||
    (code >= 3000 && code <= 4999)
  )
}

/** Reads what a server sends, and accepts nothing that the RFC forbids it to send. */
export class FrameDecoder {
  readonly #isDeflating: boolean
  #chunks: Buffer[] = []
  #bytes = 0
  #isInMessage = false
  #hasClosed = false

  /** `isDeflating` if permessage-deflate was agreed on, so that RSV1 may be set. */
  constructor(isDeflating: boolean) {
    this.#isDeflating = isDeflating
  }

  /** Whether part of a frame has arrived. */
  get isMidFrame(): boolean {
    return this.#bytes > 0
  }

  /** @throws Mismatch for what a server must not send. */
  push(chunk: Buffer): ReceivedFrame[] {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    const frames: ReceivedFrame[] = []
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      this.#judge(next)
      frames.push(next)
    }
    return frames
  }

  #take(): ReceivedFrame | undefined {
    const head = this.#peek(10)
    if (head.length < 2) return undefined
    const short = head[1]! & 0x7f
    const headerBytes = short === 126 ? 4 : short === 127 ? 10 : 2
    if (head.length < headerBytes) return undefined
    if ((head[1]! & 0x80) !== 0) throw new Mismatch('unmasked frames from a server (§5.1)', 'a masked one')
    const length =
      short === 126 ? head.readUInt16BE(2) : short === 127 ? Number(head.readBigUInt64BE(2)) : short
    const minimal = short === 126 ? 126 : short === 127 ? 65_536 : 0
    if (length < minimal) throw new Mismatch('the shortest length field (§5.2)', `${length} in the long one`)
    if (this.#bytes < headerBytes + length) return undefined
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
    this.#chunks = all.length > headerBytes + length ? [all.subarray(headerBytes + length)] : []
    this.#bytes -= headerBytes + length
    return {
      opcode: head[0]! & 0x0f,
      isFinal: (head[0]! & 0x80) !== 0,
      rsv: (head[0]! >> 4) & 7,
      payload: all.subarray(headerBytes, headerBytes + length),
      headerBytes,
    }
  }

  #peek(length: number): Buffer {
    const first = this.#chunks[0]
    if (first === undefined || first.length >= length || this.#chunks.length === 1) {
      return first?.subarray(0, length) ?? Buffer.alloc(0)
    }
    this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0]!.subarray(0, length)
  }

  #judge({ opcode, isFinal, rsv, payload }: ReceivedFrame): void {
    const wrong = (expected: string, got: string): never => {
      throw new Mismatch(expected, got)
    }
    if (this.#hasClosed) wrong('nothing after a Close frame (§5.5.1)', `opcode ${opcode}`)
    const mayCompress = this.#isDeflating && (opcode === OP.text || opcode === OP.binary)
    if (rsv !== 0 && !(rsv === 4 && mayCompress))
      wrong('no reserved bits (§5.2)', `${rsv} on opcode ${opcode}`)
    if (opcode >= OP.close) {
      if (opcode > OP.pong) wrong('a known opcode (§5.2)', `${opcode}`)
      if (!isFinal || payload.length > 125)
        wrong('a whole control frame (§5.5)', `${payload.length} bytes, FIN ${isFinal}`)
      if (opcode === OP.close) this.#judgeClose(payload)
      return
    }
    if (opcode > OP.binary) wrong('a known opcode (§5.2)', `${opcode}`)
    if ((opcode === OP.continuation) !== this.#isInMessage)
      wrong('messages one after the other (§5.4)', `opcode ${opcode}`)
    this.#isInMessage = !isFinal
  }

  #judgeClose(payload: Buffer): void {
    this.#hasClosed = true
    if (payload.length === 0) return
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : -1
    if (!isServerCode(code)) throw new Mismatch('a close code that a server may send (§7.4)', `${code}`)
    new TextDecoder('utf-8', { fatal: true }).decode(payload.subarray(2))
  }
}
