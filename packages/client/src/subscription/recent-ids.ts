// The ids of what was surfaced lately, so that nothing surfaces twice.

/** A set that forgets its oldest members. */
export class RecentIds {
  readonly #max: number
  readonly #ids = new Set<string>()

  constructor(max: number) {
    this.#max = max
  }

  /** Adds an id; `false` if it was there already. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false
    this.#ids.add(id)
    const [oldest] = this.#ids
    if (this.#ids.size > this.#max) this.#ids.delete(oldest!)
    return true
  }
}
