// How much of a chunk one call of a kernel looks at.
import { FINAL_BINARY, FINAL_TEXT, LENGTH_IN_16_BITS, MAX_READ_BYTES, WINDOW_BYTES } from './frame-kernel.ts'

/**
 * How many bytes from `offset` a call reads in: what is there, but no more than the window or the first frame, whichever is
 * longer. 0 if the first frame cannot be read: it is not a whole message, its header or payload has not arrived, it is too long.
 */
export function readWindowBytes(chunk: Uint8Array, offset: number): number {
  const leftBytes = chunk.length - offset
  const firstBytes = firstFrameBytes(chunk, offset, leftBytes)
  if (firstBytes === 0 || firstBytes > leftBytes || firstBytes > MAX_READ_BYTES) return 0
  return Math.min(leftBytes, Math.max(firstBytes, WINDOW_BYTES))
}

/** How long the first frame is, as a masked one; 0 if its header is not that of a message or is cut in its length. */
function firstFrameBytes(chunk: Uint8Array, offset: number, leftBytes: number): number {
  if (leftBytes < 6) return 0
  const first = chunk[offset]
  if (first !== FINAL_TEXT && first !== FINAL_BINARY) return 0
  const lengthCode = chunk[offset + 1]! & 0x7f
  if (lengthCode < LENGTH_IN_16_BITS) return 6 + lengthCode
  // A length in 64 bits is one that cannot be whole in what is read at once.
  if (lengthCode > LENGTH_IN_16_BITS) return 0
  return 8 + ((chunk[offset + 2]! << 8) | chunk[offset + 3]!)
}
