// Items in no order, which come and go all the time.

/**
 * A dense array in which every item knows its seat. For what comes and goes with each connection it is smaller than a Set, and
 * leaves nothing behind for the collector; see `Arrivals`.
 */
export class Roster<Item> {
  readonly #items: Item[] = []
  readonly #assign: (item: Item, seat: number) => void

  /** `assign` tells an item its seat, which may change while others leave. */
  constructor(assign: (item: Item, seat: number) => void) {
    this.#assign = assign
  }

  get size(): number {
    return this.#items.length
  }

  /** All of now; who comes or goes afterwards does not change it. */
  get all(): Item[] {
    return this.#items.slice()
  }

  /** Adds an item that is not here. */
  add(item: Item): void {
    this.#assign(item, this.#items.push(item) - 1)
  }

  /** Removes an item by its seat; false if it does not have it. */
  delete(item: Item, seat: number): boolean {
    if (this.#items[seat] !== item) return false
    const last = this.#items.pop()!
    if (last === item) return true
    this.#items[seat] = last
    this.#assign(last, seat)
    return true
  }

  clear(): void {
    this.#items.length = 0
  }
}
