// Items in groups, of which none may grow beyond a size: the oldest makes room for the newest.
import { Arrivals, type Arrival } from './arrivals.ts'

/** Knows the order of arrival within each group. */
export class Crowds<Item> {
  readonly #groups = new Map<string, Arrivals<Item>>()

  /** How many groups have items. */
  get size(): number {
    return this.#groups.size
  }

  /** Adds an item. Its place is for `delete`. */
  add(group: string, item: Item): Arrival<Item> {
    let items = this.#groups.get(group)
    if (items === undefined) this.#groups.set(group, (items = new Arrivals()))
    return items.add(item)
  }

  /** The oldest of a group, removed, if it has more than `max`. */
  takeBeyond(group: string, max: number): Item | undefined {
    const items = this.#groups.get(group)
    if (items?.oldest === undefined || items.size <= max) return undefined
    const { item } = items.oldest
    this.delete(group, items.oldest)
    return item
  }

  /** Removes an item, if it is there. */
  delete(group: string, place: Arrival<Item>): void {
    const items = this.#groups.get(group)
    items?.delete(place)
    if (items?.size === 0) this.#groups.delete(group)
  }

  clear(): void {
    this.#groups.clear()
  }
}
