// Small tools for bytes that know nothing of what the bytes mean.

/** No bytes; shared, since nobody can write to it. */
export const NO_BYTES: Uint8Array = new Uint8Array(0)

const SMALLEST_CAPACITY_BYTES = 64

/**
 * Joins pieces of unknown number and size into one array in linear time.
 *
 * Pieces are copied, because a retained view of a few bytes costs over a hundred bytes of heap and keeps the
 * whole chunk alive that it was cut from. Holds at most twice the bytes that were appended.
 */
export class ByteAccumulator {
  #bytes = NO_BYTES
  #length = 0

  /** How many bytes were appended since the last `take`. */
  get length(): number {
    return this.#length
  }

  append(piece: Uint8Array): void {
    const needed = this.#length + piece.length
    if (needed > this.#bytes.length) this.#grow(needed)
    this.#bytes.set(piece, this.#length)
    this.#length = needed
  }

  /** Hands over what was appended, in order, and starts again with nothing. */
  take(): Uint8Array {
    const joined = this.#bytes.subarray(0, this.#length)
    this.clear()
    return joined
  }

  /** Forgets what was appended and frees its memory. */
  clear(): void {
    this.#bytes = NO_BYTES
    this.#length = 0
  }

  #grow(needed: number): void {
    const capacity = Math.max(needed, this.#length * 2, SMALLEST_CAPACITY_BYTES)
    const grown = new Uint8Array(capacity)
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}
