// The last bytes of what went one way over a connection: all that context takeover needs to remember.
import { NO_BYTES } from '../../util/bytes.ts'

/**
 * A window of LZ77 as plain bytes. It takes as much memory as there is history, up to its size, and half of that again
 * while it grows.
 */
export class HistoryWindow {
  readonly #maxBytes: number
  #buffer = NO_BYTES
  #length = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The last bytes that were added, in order: a view that holds until the next `add`. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  add(bytes: Uint8Array): void {
    const added = bytes.subarray(Math.max(0, bytes.length - this.#maxBytes))
    const kept = Math.min(this.#length, this.#maxBytes - added.length)
    if (kept + added.length > this.#buffer.length) this.#grow(kept + added.length)
    this.#buffer.copyWithin(0, this.#length - kept, this.#length)
    this.#buffer.set(added, kept)
    this.#length = kept + added.length
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.min(this.#maxBytes, Math.max(needed, this.#buffer.length * 2)))
    grown.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = grown
  }
}
