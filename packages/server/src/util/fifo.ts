// A queue whose ends are both cheap, however long it is: Array.shift moves everything that is left.

const COMPACT_FROM = 1024

/** First in, first out. */
export class Fifo<T> {
  #items: (T | undefined)[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  add(item: T): void {
    this.#items.push(item)
  }

  /** Removes the oldest; undefined if there is none. */
  take(): T | undefined {
    if (this.length === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    if (this.length === 0) this.#reset([])
    else if (this.#head >= COMPACT_FROM && this.#head * 2 >= this.#items.length) {
      this.#reset(this.#items.slice(this.#head))
    }
    return item
  }

  #reset(items: (T | undefined)[]): void {
    this.#items = items
    this.#head = 0
  }
}
