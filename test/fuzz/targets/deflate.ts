// permessage-deflate: whatever a peer sends as compressed, the result is a message within the cap or an error, never a
// throw; what zlib makes of it counts; and what one end of ours compresses the other restores.
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { DeflateEndpoint } from '../../../packages/server/src/websocket/deflate/deflate-endpoint.ts'
import { DEFAULT_DEFLATE_OPTIONS } from '../../../packages/server/src/websocket/deflate/deflate-options.ts'
import type { SeededRandom } from '../../simulation/random.ts'
import { ByteReader, writeBlock } from '../byte-reader.ts'
import { mutate, randomBytes } from '../mutate.ts'
import { must, type Depth, type FuzzTarget } from '../target.ts'

const MAX_MESSAGE_BYTES = 200 * 1024
const RATIOS = [25, Infinity, 1]
/** What a sender leaves out (RFC 7692 §7.2.1). */
const TAIL = Buffer.of(0, 0, 0xff, 0xff)
const EMPTY_STORED_BLOCK = Buffer.of(0, 0, 0, 0xff, 0xff)
const EMPTY_FINAL_BLOCK = Buffer.of(3, 0)

/** One endpoint per role and ratio, as in a process that runs for long. */
const endpoints = (['server', 'client'] as const).map((role) =>
  RATIOS.map(
    (maxInflateRatio) =>
      new DeflateEndpoint({
        role,
        options: { ...DEFAULT_DEFLATE_OPTIONS, maxInflateRatio, thresholdBytes: 0 },
        maxMessageBytes: MAX_MESSAGE_BYTES,
      }),
  ),
)

export const deflateTarget: FuzzTarget = {
  name: 'deflate',

  generate(random) {
    const messages = Array.from({ length: random.int(1, 3) }, () => writeBlock(writeMessage(random)))
    return Buffer.concat([randomBytes(random, 3), ...messages])
  },

  async execute(input) {
    const reader = new ByteReader(input)
    const agreement = readAgreement(reader)
    const isServer = (reader.byte() & 1) === 0
    const [receiver, sender] = isServer ? endpoints : [...endpoints].reverse()
    const ratio = reader.byte() % RATIOS.length
    const { decompressor } = receiver![ratio]!.compressionFor(agreement)
    const depths = new Set<Depth>()
    let hasFailed = false
    for (let isFirst = true; !reader.isAtEnd; isFirst = false) {
      const compressed = reader.block()
      const before = Buffer.from(compressed)
      const result = await decompressor.inflate(compressed)
      must(before.equals(compressed), 'the input was written to')
      if ('closeCode' in result) {
        must([1007, 1009].includes(result.closeCode), 'an unexpected code', () => String(result.closeCode))
        hasFailed = true
        depths.add(result.code)
        continue
      }
      must(!hasFailed, 'a message after an error')
      must(result.length <= MAX_MESSAGE_BYTES, 'more than the cap', () => `${result.length} bytes`)
      depths.add(result.length > 64 * 1024 ? 'long message' : 'message')
      if (isFirst) compareWithZlib(before, result, depths)
      await carryBack(sender![ratio]!, receiver![ratio]!, agreement, result)
    }
    return [...depths]
  },
}

function readAgreement(reader: ByteReader) {
  const choices = reader.byte()
  const bits = [15, 15, 15, 9, 10, 12, 14, 8][choices & 7]!
  return {
    serverNoContextTakeover: (choices & 8) === 0,
    clientNoContextTakeover: (choices & 16) === 0,
    serverMaxWindowBits: Math.max(9, bits),
    clientMaxWindowBits: Math.max(9, bits),
  }
}

/** What zlib reads without complaint up to its end is what we must have read. */
function compareWithZlib(compressed: Buffer, result: Uint8Array, depths: Set<Depth>): void {
  let expected: Buffer
  try {
    const { buffer, engine } = inflateRawSync(Buffer.concat([compressed, TAIL]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: 2 * MAX_MESSAGE_BYTES,
      info: true,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } }
    // zlib stops at a final block, behind which a message may go on.
    if (engine.bytesWritten < compressed.length) return
    expected = buffer
  } catch {
    return
  }
  must(
    expected.equals(result),
    'zlib reads another message',
    () => `${expected.length} and ${result.length} bytes`,
  )
  depths.add('as zlib reads it')
}

/** Compressed by the peer's end of ours, a message comes back as it was. */
async function carryBack(
  sender: DeflateEndpoint,
  receiver: DeflateEndpoint,
  agreement: ReturnType<typeof readAgreement>,
  message: Uint8Array,
): Promise<void> {
  const compressed = await sender.compressionFor(agreement).compressor.deflate(message)
  if (compressed === undefined) return
  const back = await receiver.compressionFor(agreement).decompressor.inflate(compressed)
  // What compresses better than the cap allows is refused as a bomb; that is the receiver's right.
  if ('closeCode' in back) must(back.closeCode === 1009, 'our own message is refused', () => back.message)
  else must(Buffer.from(back).equals(message), 'our own message comes back changed')
}

function writeMessage(random: SeededRandom): Buffer {
  const compressed = writeCompressed(random)
  return random.chance(0.5) ? compressed : mutate(random, compressed, [0])
}

function writeCompressed(random: SeededRandom): Buffer {
  switch (random.int(0, 11)) {
    case 0:
      return randomBytes(random, random.int(0, 40))
    case 1:
      return bomb(random.pick([10_000, 199_000, 204_800, 204_801, 1_000_000]))
    case 2:
      return Buffer.concat(Array.from({ length: random.int(1, 100) }, () => EMPTY_STORED_BLOCK))
    case 3:
      return Buffer.concat(Array.from({ length: random.int(1, 80) }, () => EMPTY_FINAL_BLOCK))
    case 4:
      // A final block, and a message that goes on behind it.
      return Buffer.concat([deflateRawSync(plainText(random)), compress(random)])
    default:
      return compress(random)
  }
}

function compress(random: SeededRandom): Buffer {
  const isFinal = random.chance(0.2)
  const compressed = deflateRawSync(plainText(random), {
    level: random.int(0, 9),
    windowBits: random.int(9, 15),
    memLevel: random.int(1, 9),
    strategy: random.pick([
      constants.Z_DEFAULT_STRATEGY,
      constants.Z_FIXED,
      constants.Z_HUFFMAN_ONLY,
      constants.Z_RLE,
    ]),
    finishFlush: isFinal ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
  })
  if (isFinal) return random.chance(0.5) ? Buffer.concat([compressed, Buffer.of(0)]) : compressed
  return random.chance(0.9) ? compressed.subarray(0, -4) : compressed
}

function plainText(random: SeededRandom): Buffer {
  if (random.chance(0.3)) return randomBytes(random, random.int(0, 300))
  const words = Array.from({ length: random.int(1, 30) }, () =>
    random.pick(['lorem ', 'ipsum ', 'dolor ', '{"a":1}', 'ü']),
  )
  return Buffer.from(words.join('').repeat(random.chance(0.95) ? 1 : random.int(10, 500)))
}

const bombs = new Map<number, Buffer>()

/** Zeros, compressed as far as can be. */
function bomb(size: number): Buffer {
  let made = bombs.get(size)
  if (made === undefined) {
    made = deflateRawSync(Buffer.alloc(size), { level: 9, finishFlush: constants.Z_SYNC_FLUSH }).subarray(
      0,
      -4,
    )
    bombs.set(size, made)
  }
  return made
}
