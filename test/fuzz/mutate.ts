// Damages bytes the way that finds bugs: single bits, whole pieces, and above all lengths that lie.
import type { SeededRandom } from '../simulation/random.ts'

/** Values at which parsers decide. */
const EDGES = [0, 1, 0x0f, 0x40, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x88, 0x89, 0xc0, 0xc1, 0xfd, 0xfe, 0xff]

/** Random bytes, faster than `SeededRandom.bytes`. */
export function randomBytes(random: SeededRandom, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  // Four at a time; what is longer than a page repeats itself.
  const period = Math.min(size, 4096)
  for (let index = 0; index < period; index += 4) {
    const word = random.next() * 2 ** 32
    for (let byte = 0; byte < 4 && index + byte < period; byte++) bytes[index + byte] = word >>> (8 * byte)
  }
  for (let filled = period; filled > 0 && filled < size; filled *= 2)
    bytes.copyWithin(filled, 0, size - filled)
  return bytes
}

/**
 * A damaged copy: one to four changes. `boundaries` are the offsets at which something begins, `donor` is another input
 * from which pieces may come.
 */
export function mutate(
  random: SeededRandom,
  original: Uint8Array,
  boundaries: readonly number[] = [],
  donor: Uint8Array = original,
): Buffer {
  let bytes = Buffer.from(original)
  for (let count = random.int(1, 4); count > 0; count--) bytes = mutateOnce(random, bytes, boundaries, donor)
  return bytes
}

function mutateOnce(
  random: SeededRandom,
  bytes: Buffer<ArrayBuffer>,
  boundaries: readonly number[],
  donor: Uint8Array,
): Buffer<ArrayBuffer> {
  if (bytes.length === 0) return randomBytes(random, random.int(1, 8)) as Buffer<ArrayBuffer>
  const at = random.int(0, bytes.length - 1)
  const size = random.int(1, Math.min(bytes.length - at, 64))
  switch (random.int(0, 8)) {
    case 0:
      bytes[at]! ^= 1 << random.int(0, 7)
      return bytes
    case 1:
      bytes[at] = random.pick(EDGES)
      return bytes
    case 2:
      return bytes.subarray(0, at)
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)])
    case 4:
      return Buffer.concat([bytes.subarray(0, at + size), bytes.subarray(at)])
    case 5: {
      const from = random.int(0, donor.length)
      const piece = donor.subarray(from, from + random.int(0, 200))
      return Buffer.concat([
        bytes.subarray(0, at),
        piece,
        bytes.subarray(at + (random.chance(0.5) ? piece.length : 0)),
      ])
    }
    case 6:
      return Buffer.concat([
        bytes.subarray(0, at),
        randomBytes(random, random.int(1, 16)),
        bytes.subarray(at),
      ])
    default:
      lieAboutLength(random, bytes, boundaries.length > 0 ? random.pick(boundaries) : at)
      return bytes
  }
}

/** Changes the first bytes behind a boundary, where frames and blocks say what they are and how long. */
function lieAboutLength(random: SeededRandom, bytes: Buffer, boundary: number): void {
  const at = boundary + random.int(0, 9)
  if (at >= bytes.length) return
  bytes[at] = random.chance(0.5) ? random.pick(EDGES) : random.int(0, 255)
}
