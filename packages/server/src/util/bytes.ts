// Small tools for bytes that know nothing of what the bytes mean.

/** No bytes; shared, since nobody can write to it. */
export const NO_BYTES: Uint8Array = new Uint8Array(0)

/** Memory for bytes whose content is arbitrary: the caller overwrites all that it hands on. */
export const allocateBytes: (length: number) => Uint8Array =
  // Node's is not zeroed first, which for what is overwritten anyway saves a pass over the memory.
  typeof Buffer === 'undefined'
    ? (length) => new Uint8Array(length)
    : (length) => Buffer.allocUnsafeSlow(length)

const SMALLEST_CAPACITY_BYTES = 64

/** Below this the copy is cheaper than what a view costs. */
const SMALLEST_KEPT_BYTES = 4096

/**
 * Joins pieces of unknown number and size into one array, in linear time and for large pieces with one copy.
 *
 * Small pieces are copied at once, because a retained view of a few bytes costs over a hundred bytes of heap and keeps the
 * whole chunk alive that it was cut from. A piece that is most of its chunk is kept as it is and copied at the end. Holds at
 * most twice the bytes that were appended, and a little for each chunk.
 */
export class ByteAccumulator {
  /** What came before the bytes below. */
  #whole: Uint8Array[] | undefined
  #wholeLength = 0
  #bytes = NO_BYTES
  #length = 0

  /** How many bytes were appended since the last `take`. */
  get length(): number {
    return this.#wholeLength + this.#length
  }

  /** Appends a piece, which must not change from here on. */
  append(piece: Uint8Array): void {
    if (isWorthKeeping(piece)) {
      this.#seal()
      this.#keep(piece)
      return
    }
    const needed = this.#length + piece.length
    if (needed > this.#bytes.length) this.#grow(needed)
    this.#bytes.set(piece, this.#length)
    this.#length = needed
  }

  /** Hands over what was appended and `last`, in order, and starts again with nothing. `last` may change afterwards. */
  take(last: Uint8Array = NO_BYTES): Uint8Array {
    const joined = this.#join(last)
    this.clear()
    return joined
  }

  /** Forgets what was appended and frees its memory. */
  clear(): void {
    this.#whole = undefined
    this.#wholeLength = 0
    this.#bytes = NO_BYTES
    this.#length = 0
  }

  #join(last: Uint8Array): Uint8Array {
    if (this.#whole === undefined && last.length === 0) return this.#bytes.subarray(0, this.#length)
    const joined = allocateBytes(this.length + last.length)
    let offset = 0
    for (const piece of this.#whole ?? []) {
      joined.set(piece, offset)
      offset += piece.length
    }
    joined.set(this.#bytes.subarray(0, this.#length), offset)
    joined.set(last, offset + this.#length)
    return joined
  }

  #seal(): void {
    if (this.#length === 0) return
    this.#keep(this.#bytes.subarray(0, this.#length))
    this.#bytes = NO_BYTES
    this.#length = 0
  }

  #keep(piece: Uint8Array): void {
    this.#whole ??= []
    this.#whole.push(piece)
    this.#wholeLength += piece.length
  }

  #grow(needed: number): void {
    const capacity = Math.max(needed, this.#length * 2, SMALLEST_CAPACITY_BYTES)
    const grown = capacity < SMALLEST_KEPT_BYTES ? new Uint8Array(capacity) : allocateBytes(capacity)
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}

/** Whether a view keeps little more alive than its own bytes. */
function isWorthKeeping({ length, buffer }: Uint8Array): boolean {
  return length >= SMALLEST_KEPT_BYTES && length * 2 >= buffer.byteLength
}
