// Items in groups, of which none may grow beyond a size: the oldest makes room for the newest.

/** Knows the order of arrival within each group. */
export class Crowds<Item> {
  readonly #groups = new Map<string, Set<Item>>()

  /** How many groups have items. */
  get size(): number {
    return this.#groups.size
  }

  /** Adds an item; returns the oldest of its group, removed, if that has more than `max` now. */
  add(group: string, item: Item, max: number): Item | undefined {
    const items = this.#groups.get(group) ?? new Set()
    this.#groups.set(group, items.add(item))
    if (items.size <= max) return undefined
    const [oldest] = items
    if (oldest !== undefined) this.delete(group, oldest)
    return oldest
  }

  /** Removes an item, if it is there. */
  delete(group: string, item: Item): void {
    const items = this.#groups.get(group)
    items?.delete(item)
    if (items?.size === 0) this.#groups.delete(group)
  }

  clear(): void {
    this.#groups.clear()
  }
}
