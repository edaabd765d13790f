// What the measurements of compression send.
import { constants, createDeflateRaw, deflateRawSync } from 'node:zlib'

/** JSON as chat applications send it, of exactly so many bytes. */
export function jsonPayload(bytes: number, seed = 0): Uint8Array {
  let text = ''
  for (let index = seed; text.length < bytes; index++) {
    text += JSON.stringify({
      id: index,
      name: `user${(index * 7919) % 1000}`,
      text: `hello ${Math.sin(index)}`,
    })
  }
  return Uint8Array.from(Buffer.from(text.slice(0, bytes)))
}

/** A message as a peer sends it compressed, by itself. */
export function compress(payload: Uint8Array): Uint8Array {
  return Uint8Array.from(deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4))
}

/** A compressed message of so many zeros, made without ever holding them. */
export async function compressedZeros(bytes: number): Promise<Uint8Array> {
  const stream = createDeflateRaw({ level: 9 })
  const chunks: Uint8Array[] = []
  stream.on('data', (chunk: Uint8Array) => chunks.push(chunk))
  const zeros = new Uint8Array(1024 * 1024)
  for (let left = bytes; left > 0; left -= zeros.length) {
    await new Promise((resolve) => stream.write(zeros.subarray(0, Math.min(left, zeros.length)), resolve))
  }
  await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve))
  stream.close()
  return Uint8Array.from(Buffer.concat(chunks).subarray(0, -4))
}

/** A compressed empty message made of nothing but empty stored blocks. */
export function emptyStoredBlocks(bytes: number): Uint8Array {
  const block = Uint8Array.of(0x00, 0x00, 0x00, 0xff, 0xff)
  return Uint8Array.from({ length: bytes - (bytes % 5) + 1 }, (_, index) => block[index % 5]!)
}

/**
 * A compressed empty message of empty blocks with Huffman tables of their own, which take zlib the most time for each
 * byte: two code lengths, 257 literals and one distance of which only the end of block is used.
 */
export function emptyDynamicBlocks(bytes: number): Uint8Array {
  const bits: number[] = []
  const put = (value: number, count: number): void => {
    for (let index = 0; index < count; index++) bits.push((value >> index) & 1)
  }
  while (bits.length < bytes * 8 - 120) {
    put(0b100, 3)
    put(0, 5)
    put(0, 5)
    put(14, 4)
    for (let index = 0; index < 18; index++) put(index === 2 || index === 17 ? 1 : 0, 3)
    // 138 and 118 zeros, then the code of the end of block, that of the distance, and the end of block.
    put(0b1, 1)
    put(138 - 11, 7)
    put(0b1, 1)
    put(118 - 11, 7)
    put(0b000, 3)
  }
  put(0, 3)
  return Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, byte) =>
    bits.slice(byte * 8, byte * 8 + 8).reduce((value, bit, index) => value | (bit << index), 0),
  )
}
