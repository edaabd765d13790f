// Items in the order in which they came, of which any may go at any time.

/** The place of one item. Once it has gone, the place refers to nothing. */
export class Arrival<Item> {
  item: Item | undefined
  previous: Arrival<Item> | undefined
  next: Arrival<Item> | undefined

  constructor(item: Item, previous: Arrival<Item> | undefined) {
    this.item = item
    this.previous = previous
  }
}

/**
 * For what comes and goes all the time, in place of a Map or a Set. Their tables refer each to the next that outgrew it, so that one
 * which the collector has called old keeps alive whatever was in those after it, until a full collection; with many short
 * handshakes that was half of the collector's work.
 */
export class Arrivals<Item> {
  #oldest: Arrival<Item> | undefined
  #newest: Arrival<Item> | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Who came first of those that are here. */
  get oldest(): Arrival<Item> | undefined {
    return this.#oldest
  }

  /** Adds an item, which may be here already, behind all others. Its place is for `delete`. */
  add(item: Item): Arrival<Item> {
    const arrival = new Arrival(item, this.#newest)
    if (this.#newest === undefined) this.#oldest = arrival
    else this.#newest.next = arrival
    this.#newest = arrival
    this.#size++
    return arrival
  }

  /** Removes an item of this list by its place; false if it has gone. */
  delete(arrival: Arrival<Item>): boolean {
    if (arrival.item === undefined) return false
    const { previous, next } = arrival
    if (previous === undefined) this.#oldest = next
    else previous.next = next
    if (next === undefined) this.#newest = previous
    else next.previous = previous
    arrival.item = arrival.previous = arrival.next = undefined
    this.#size--
    return true
  }
}
