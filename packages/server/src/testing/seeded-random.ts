// Randomness that can be replayed: equal seeds give equal bytes.
import type { Random } from '../random.ts'

/** Predictable, and therefore for tests and simulations only: who knows the seed knows every id and secret. */
export class SeededRandom implements Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  bytes(size: number): Uint8Array {
    return Uint8Array.from({ length: size }, () => this.#next() >>> 24)
  }

  /** A 32-bit counter, scrambled by two rounds of multiply and shift (Steele et al., “SplitMix”, 2014). */
  #next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0
    let bits = this.#state
    bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad)
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97)
    return (bits ^ (bits >>> 15)) >>> 0
  }
}
