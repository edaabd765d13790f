// The XOR masking of RFC 6455 §5.3, which is its own inverse.

/** Below this the view of the words costs more than it saves. */
const WORDWISE_FROM_BYTES = 64

// The same four bytes seen as a word in the byte order of the machine.
const keyBytes = new Uint8Array(4)
const keyWord = new Int32Array(keyBytes.buffer)

/**
 * Masks or unmasks `bytes` in place with the big-endian `key`. `phase` is how many bytes of the payload came
 * before these ones.
 */
export function applyMask(bytes: Uint8Array, key: number, phase = 0): void {
  const rotated = rotateKey(key, phase)
  const length = bytes.length
  if (length < WORDWISE_FROM_BYTES) {
    maskBytewise(bytes, rotated, 0, length)
    return
  }
  // Words must be aligned in the underlying memory, so the first bytes up to there go one by one.
  const leadBytes = -bytes.byteOffset & 3
  const tailOffset = length - ((length - leadBytes) & 3)
  maskBytewise(bytes, rotated, 0, leadBytes)
  maskWordwise(bytes, rotateKey(rotated, leadBytes), leadBytes, tailOffset)
  maskBytewise(bytes, rotateKey(rotated, leadBytes), tailOffset, length)
}

/** The key as it applies `count` bytes further on. */
function rotateKey(key: number, count: number): number {
  const bits = (count & 3) * 8
  return (key << bits) | (key >>> (32 - bits))
}

function maskBytewise(bytes: Uint8Array, key: number, from: number, to: number): void {
  for (let offset = from, shift = 24; offset < to; offset++, shift = (shift + 24) & 31) {
    bytes[offset]! ^= key >>> shift
  }
}

function maskWordwise(bytes: Uint8Array, key: number, from: number, to: number): void {
  for (let index = 0; index < 4; index++) keyBytes[index] = key >>> (24 - 8 * index)
  const word = keyWord[0]!
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + from, (to - from) >>> 2)
  for (let index = 0; index < words.length; index++) words[index]! ^= word
}
