// Streams of WebSocket frames that go deep: whole conversations that mostly keep the rules, and now and then do not.
import { deflateRawSync, constants } from 'node:zlib'
import type { SeededRandom } from '../../simulation/random.ts'
import { mutate, randomBytes } from '../mutate.ts'

export interface StreamShape {
  /** Whether the frames are a client's. */
  readonly isMasked: boolean
  /** Whether permessage-deflate was agreed on. */
  readonly allowsCompression: boolean
}

/** A stream, and where its frames begin. */
export interface FrameStream {
  readonly bytes: Buffer
  readonly boundaries: readonly number[]
}

const SIZES = [0, 1, 2, 5, 20, 20, 50, 124, 125, 126, 127, 128, 300]
const BIG_SIZES = [4096, 65_534, 65_535, 65_536, 65_537, 70_000]
const CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1011, 1014, 3000, 4999]
const BAD_CODES = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2999, 5000, 65_535]
const TEXTS = ['κόσμε', 'hello', '𐍈𝄞€', '\u{10ffff}\uffff', '\u0000', 'x'.repeat(130)]
const BROKEN_TEXTS = ['c0af', 'eda080', 'f4908080', 'ff', 'f0288cbc', 'ceba80', 'e282'].map((hex) =>
  Buffer.from(hex, 'hex'),
)

/** Makes a stream of up to eight messages and control frames; seven of ten are then damaged. */
export function writeStream(random: SeededRandom, shape: StreamShape): FrameStream {
  const stream = new StreamWriter(random, shape).write()
  if (random.chance(0.3)) return stream
  const donor = random.chance(0.3) ? new StreamWriter(random, shape).write().bytes : stream.bytes
  return { ...stream, bytes: mutate(random, stream.bytes, stream.boundaries, donor) }
}

class StreamWriter {
  readonly #random: SeededRandom
  readonly #shape: StreamShape
  readonly #frames: Buffer[] = []
  readonly #boundaries: number[] = []
  #length = 0

  constructor(random: SeededRandom, shape: StreamShape) {
    this.#random = random
    this.#shape = shape
  }

  write(): FrameStream {
    const random = this.#random
    for (let count = random.int(1, 8); count > 0; count--) {
      if (random.chance(0.25)) this.#control()
      else this.#message()
    }
    if (random.chance(0.5)) this.#close()
    return { bytes: Buffer.concat(this.#frames), boundaries: this.#boundaries }
  }

  #message(): void {
    const random = this.#random
    const isText = random.chance(0.5)
    const plain = isText ? this.#text() : randomBytes(random, this.#size())
    const isCompressed = this.#shape.allowsCompression && random.chance(0.5)
    const data = isCompressed
      ? deflateRawSync(plain, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
      : plain
    const cuts = random.chance(0.5) ? 0 : random.int(1, 6)
    const ends = Array.from({ length: cuts }, () => random.int(0, data.length)).sort((a, b) => a - b)
    // One in forty is never finished.
    const isFinished = !random.chance(0.025)
    ends.push(data.length)
    ends.forEach((end, index) => {
      const opcode = index > 0 ? 0 : isText ? 1 : 2
      const isFinal = index === ends.length - 1 && isFinished
      this.#frame(
        opcode,
        data.subarray(ends[index - 1] ?? 0, end),
        isFinal,
        isCompressed && index === 0 ? 4 : 0,
      )
      if (!isFinal && random.chance(0.2)) this.#control()
    })
  }

  #text(): Buffer {
    const random = this.#random
    if (random.chance(0.04))
      return Buffer.concat([Buffer.from(random.pick(TEXTS)), random.pick(BROKEN_TEXTS)])
    return Buffer.from(
      random.pick(TEXTS).repeat(random.chance(0.98) ? random.int(0, 3) : random.int(50, 600)),
    )
  }

  #size(): number {
    const random = this.#random
    return random.chance(0.992) ? random.pick(SIZES) : random.pick(BIG_SIZES)
  }

  #control(): void {
    const random = this.#random
    this.#frame(
      random.chance(0.6) ? 9 : 10,
      randomBytes(random, random.chance(0.9) ? random.int(0, 20) : 125),
    )
  }

  #close(): void {
    const random = this.#random
    const code = Buffer.alloc(2)
    code.writeUInt16BE(random.chance(0.8) ? random.pick(CODES) : random.pick(BAD_CODES))
    const reason = random.chance(0.95)
      ? Buffer.from(random.pick(TEXTS)).subarray(0, 123)
      : random.pick(BROKEN_TEXTS)
    const payloads = [Buffer.alloc(0), code, Buffer.concat([code, reason]).subarray(0, 125)]
    this.#frame(8, random.chance(0.95) ? random.pick(payloads) : code.subarray(0, 1))
  }

  #frame(opcode: number, payload: Uint8Array, isFinal = true, rsv = 0): void {
    const frame = encodeFrame(opcode, payload, {
      isFinal,
      rsv,
      maskKey: this.#shape.isMasked ? randomBytes(this.#random, 4) : undefined,
    })
    this.#boundaries.push(this.#length)
    this.#frames.push(frame)
    this.#length += frame.length
  }
}

export interface FrameParts {
  readonly isFinal?: boolean
  readonly rsv?: number
  readonly maskKey?: Uint8Array | undefined
}

/** A frame with a minimal length. Written anew here: what tests the product shares no code with it. */
export function encodeFrame(
  opcode: number,
  payload: Uint8Array,
  { isFinal = true, rsv = 0, maskKey }: FrameParts = {},
): Buffer {
  const mask = maskKey === undefined ? 0 : 0x80
  const first = (isFinal ? 0x80 : 0) | (rsv << 4) | opcode
  const { length } = payload
  const extended = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8)
  if (extended.length === 2) extended.writeUInt16BE(length)
  if (extended.length === 8) extended.writeBigUInt64BE(BigInt(length))
  const short = length < 126 ? length : length < 65_536 ? 126 : 127
  const head = Buffer.concat([Buffer.of(first, mask | short), extended, maskKey ?? Buffer.alloc(0)])
  const body = Buffer.from(payload)
  if (maskKey !== undefined) for (let i = 0; i < body.length; i++) body[i]! ^= maskKey[i & 3]!
  return Buffer.concat([head, body])
}
