// Memory for small pieces of output that are written one after the other, read once, and forgotten.
import { allocateBytes, NO_BYTES } from './bytes.ts'

/** The largest piece that is put here: for larger ones memory of their own is no burden. */
export const ARENA_PIECE_BYTES = 16 * 1024

/** Four of the largest pieces, and what comes before each. */
const BLOCK_BYTES = 4 * ARENA_PIECE_BYTES + 1024

/** So many blocks are kept for the next turn. */
const MAX_BLOCKS = 16

/**
 * Hands out memory from the front of a block to the back, then from the next block. What follows each other is adjacent, so
 * that many small pieces can be written as one.
 *
 * At the end of each turn all of it is free again, unless somebody said that it is still needed: most output has been taken
 * by the operating system by then, and the same few blocks, warm in the cache, serve for ever.
 */
export class ByteArena {
  /** The block of now. */
  bytes = NO_BYTES
  #used = 0
  #blocks: Uint8Array[] = []
  /** How many blocks are in use in this turn. */
  #blocksUsed = 0
  #isRetained = false

  /** Where the next `length` bytes of `bytes` are; at most `ARENA_PIECE_BYTES` and a little. */
  allocate(length: number): number {
    if (this.#used + length > this.bytes.length) this.#nextBlock()
    const offset = this.#used
    this.#used += length
    return offset
  }

  /** Something of this turn is needed beyond it. */
  retain(): void {
    this.#isRetained = true
  }

  /** Takes back what was handed out, or lets go of it if it was retained. */
  endTurn(): void {
    if (this.#isRetained) this.#blocks = []
    this.#isRetained = false
    this.#blocksUsed = 0
    this.#used = 0
    this.bytes = NO_BYTES
  }

  #nextBlock(): void {
    const block = this.#blocks[this.#blocksUsed] ?? allocateBytes(BLOCK_BYTES)
    if (this.#blocksUsed < MAX_BLOCKS) this.#blocks[this.#blocksUsed++] = block
    this.bytes = block
    this.#used = 0
  }
}
