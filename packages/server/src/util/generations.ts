// A bounded memory of what was used lately.

/**
 * Two generations of entries: when the young one is full it becomes the old one, and what was in the old one and was not used
 * meanwhile is forgotten. To forget one entry at a time would cost more each time: a map keeps the places of deleted entries,
 * and finding its oldest walks over them.
 */
export class Generations<Value> {
  readonly #maxYoung: number
  #young = new Map<string, Value>()
  #old = new Map<string, Value>()

  /** @param maxEntries How many are remembered at most; at least half as many of those used last are. */
  constructor(maxEntries: number) {
    this.#maxYoung = Math.ceil(maxEntries / 2)
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old === undefined) return undefined
    this.#old.delete(key)
    this.set(key, old)
    return old
  }

  set(key: string, value: Value): void {
    if (this.#young.size >= this.#maxYoung) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }
}
