// Memory for small pieces of output that are written one after the other and read once.
import { allocateBytes, NO_BYTES } from './bytes.ts'

/** The largest piece that is put here: for larger ones memory of their own is no burden. */
export const ARENA_PIECE_BYTES = 4096

const ARENA_BYTES = 64 * 1024

/**
 * Hands out memory from the front of a large block to the back, then takes the next block. What follows each other is
 * adjacent, so that many small pieces can be written as one.
 */
export class ByteArena {
  /** The block of now. */
  bytes = NO_BYTES
  /** Up to where it is in use. */
  used = 0

  /** Where the next `length` bytes of `bytes` are; a piece is at most a block long. */
  allocate(length: number): number {
    if (this.used + length > this.bytes.length) {
      this.bytes = allocateBytes(ARENA_BYTES)
      this.used = 0
    }
    const offset = this.used
    this.used += length
    return offset
  }
}
