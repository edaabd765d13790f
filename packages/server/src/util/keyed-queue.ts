// Runs tasks one after the other per key, and side by side across keys.
import { isThenable } from './is-thenable.ts'

/** Order per key. A task that rejects does not hold up the next. What is done at once costs nothing here. */
export class KeyedQueue {
  #tails: Map<string, Promise<unknown>> | undefined

  /** How many keys have tasks under way. */
  get size(): number {
    return this.#tails?.size ?? 0
  }

  /** Whether a task of this key would run at once. */
  isIdle(key: string): boolean {
    return this.#tails === undefined || !this.#tails.has(key)
  }

  /**
   * Runs `task` after every earlier task of the same key has settled; at once if there is none, and then what it returns or
   * throws is returned or thrown.
   */
  run<Result>(key: string, task: () => Result | Promise<Result>): Result | Promise<Result> {
    const before = this.#tails?.get(key)
    return this.hold(key, before ? before.then(task, task) : task())
  }

  /** Has later tasks of the key wait for a result that is not there yet. For a key that is idle, or from within `run`. */
  hold<Result>(key: string, result: Result | Promise<Result>): Result | Promise<Result> {
    if (!isThenable(result)) return result
    const tails = (this.#tails ??= new Map<string, Promise<unknown>>())
    const tail = Promise.resolve(result)
      .then(ignore, ignore)
      .then(() => {
        if (tails.get(key) !== tail) return
        tails.delete(key)
        // An empty map would be most of what a queue that has nothing to do takes.
        if (tails.size === 0) this.#tails = undefined
      })
    tails.set(key, tail)
    return result
  }
}

const ignore = (): void => {}
