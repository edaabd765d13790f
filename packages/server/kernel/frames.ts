// The kernel of frame reading, in AssemblyScript. Memory: a table of what was found, then the input, which is changed in place.

/** Where the table is: three words for each frame, the start and the end of its payload in the input, and flags. */
const TABLE: usize = 0
/** Where the input is; at most 64 KiB, and 16 bytes behind it that are read but not changed. */
const INPUT: usize = 4096

const IS_TEXT: i32 = 1
const IS_ASCII: i32 = 2

const FINAL_TEXT: i32 = 0x81
const FINAL_BINARY: i32 = 0x82
const LENGTH_IN_16_BITS: i32 = 126

/** Up to where in the input the last call of `readFrames` has read. */
export let stoppedAt: i32 = 0

/** XORs the first `length` bytes of the input with a key as it stands in memory. */
export function mask(length: i32, key: i32): void {
  unmask(INPUT, length, bswap<i32>(key))
}

/** Reads and unmasks frames as long as each is a whole message that is not compressed; returns how many. */
export function readFrames(length: i32, maxPayloadBytes: i32, maxFrames: i32): i32 {
  const end = INPUT + length
  let at = INPUT
  let entry = TABLE
  let count = 0
  while (count < maxFrames && at + 6 <= end) {
    // The two first bytes, the first of them low.
    const lead = <i32>load<u16>(at)
    const first = lead & 0xff
    if ((first != FINAL_TEXT && first != FINAL_BINARY) || lead < 0x8000) break
    let payloadBytes = (lead >> 8) & 0x7f
    let start = at + 6
    if (payloadBytes >= LENGTH_IN_16_BITS) {
      start = at + 8
      if (payloadBytes > LENGTH_IN_16_BITS || start > end) break
      payloadBytes = <i32>bswap<u16>(load<u16>(at + 2))
      if (payloadBytes < LENGTH_IN_16_BITS) break
    }
    if (payloadBytes > maxPayloadBytes || start + payloadBytes > end) break
    const isAscii = unmask(start, payloadBytes, load<i32>(start - 4))
    store<i32>(entry, <i32>(start - INPUT))
    store<i32>(entry, <i32>(start - INPUT) + payloadBytes, 4)
    store<i32>(entry, (first & IS_TEXT) | (isAscii ? IS_ASCII : 0), 8)
    entry += 12
    count++
    at = start + payloadBytes
  }
  stoppedAt = <i32>(at - INPUT)
  return count
}

/** XORs sixteen bytes at a time and finds out whether all of the result is ASCII. */
function unmask(at: usize, length: i32, key: i32): bool {
  const keys = i32x4.splat(key)
  let seen = i32x4.splat(0)
  while (length >= 16) {
    const bytes = v128.xor(v128.load(at), keys)
    v128.store(at, bytes)
    seen = v128.or(seen, bytes)
    at += 16
    length -= 16
  }
  if (length > 0) {
    // The last ones together with what follows them, which the key leaves as it is.
    const isOurs = i8x16.lt_u(
      v128(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
      i8x16.splat(<i8>length),
    )
    const bytes = v128.xor(v128.load(at), v128.and(keys, isOurs))
    v128.store(at, bytes)
    seen = v128.or(seen, v128.and(bytes, isOurs))
  }
  return i8x16.bitmask(seen) == 0
}
