// What a key led to, remembered for a while: the memory behind idempotent publishing.

/** Values that expire. Entries expire in the order in which they were set, which one window for all keys implies. */
export class RecentResults<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly expiresAt: number }>()

  get size(): number {
    return this.#entries.size
  }

  get(key: string, now: number): Value | undefined {
    const entry = this.#entries.get(key)
    return entry && entry.expiresAt > now ? entry.value : undefined
  }

  set(key: string, value: Value, expiresAt: number): void {
    // Deleted first, so that the entry moves to the end of the map's order.
    this.#entries.delete(key)
    this.#entries.set(key, { value, expiresAt })
  }

  /** Forgets what has expired. */
  expire(now: number): void {
    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt > now) return
      this.#entries.delete(key)
    }
  }
}
