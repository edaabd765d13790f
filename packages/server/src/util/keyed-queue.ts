// Runs tasks one after the other per key, and side by side across keys.

/** Order per key. A task that rejects does not hold up the next. */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<unknown>>()

  /** How many keys have tasks under way. */
  get size(): number {
    return this.#tails.size
  }

  /** Runs `task` after every earlier task of the same key has settled; at once if there is none. */
  run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const before = this.#tails.get(key)
    const result = before ? before.then(task, task) : task()
    const tail = result.then(ignore, ignore).then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    })
    this.#tails.set(key, tail)
    return result
  }
}

const ignore = (): void => {}
