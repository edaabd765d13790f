// Masking word by word, in plain TypeScript.

/** Below this the view of the words costs more than it saves. */
const WORDWISE_FROM_BYTES = 64

// The same four bytes seen as a word in the byte order of the machine.
const keyBytes = new Uint8Array(4)
const keyWord = new Int32Array(keyBytes.buffer)

/** XORs `bytes` in place with the big-endian `key`, its first byte with the first of `bytes`. */
export function maskInPlace(bytes: Uint8Array, key: number): void {
  const length = bytes.length
  if (length < WORDWISE_FROM_BYTES) {
    maskBytewise(bytes, key, 0, length)
    return
  }
  // Words must be aligned in the underlying memory, so the first bytes up to there go one by one.
  const leadBytes = -bytes.byteOffset & 3
  const tailOffset = length - ((length - leadBytes) & 3)
  maskBytewise(bytes, key, 0, leadBytes)
  maskWordwise(bytes, rotateKey(key, leadBytes), leadBytes, tailOffset)
  maskBytewise(bytes, rotateKey(key, leadBytes), tailOffset, length)
}

/** The key as it applies `count` bytes further on. */
export function rotateKey(key: number, count: number): number {
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
