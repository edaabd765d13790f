// Where the tags of appends come from.
import type { Random } from '../random.ts'

/** Randomness is asked for in pieces: a call of the operating system's source costs more than the rest of an append. */
const TAGS_AT_ONCE = 256

/** Random unsigned 32-bit numbers. A tag is no secret, so one may wait in memory until it is used. */
export class TagSource {
  readonly #random: Random
  #tags: DataView | undefined
  #used = 0

  constructor(random: Random) {
    this.#random = random
  }

  next(): number {
    if (this.#tags === undefined || this.#used === this.#tags.byteLength) {
      const bytes = this.#random.bytes(TAGS_AT_ONCE * 4)
      this.#tags = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      this.#used = 0
    }
    const tag = this.#tags.getUint32(this.#used)
    this.#used += 4
    return tag
  }
}
