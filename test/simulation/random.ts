// Randomness that a seed determines, for everything in a simulation: faults, delays, ids.

/** mulberry32: small, fast, and good enough to choose faults with. */
export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** An integer from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1))
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** One of the items. */
  pick<Item>(items: readonly Item[]): Item {
    return items[this.int(0, items.length - 1)]!
  }

  /** Satisfies the `Random` of both packages. */
  bytes(size: number): Uint8Array {
    return Uint8Array.from({ length: size }, () => this.int(0, 255))
  }

  /** A stream of its own, so that one part's use does not change what another part sees. */
  fork(): SeededRandom {
    return new SeededRandom(this.int(0, 2 ** 32 - 1))
  }
}
