// Waits for what must come, without ever sleeping: whatever arrives ends the wait or is looked at.
import { Mismatch } from '../conformance/check.ts'

/** The waits of one connection. */
export class Arrivals {
  readonly #patienceMs: number
  readonly #waiters = new Set<() => void>()

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs
  }

  /** Something has arrived: has all waits look. */
  announce(): void {
    for (const look of this.#waiters) look()
  }

  /** Waits until `find` gives something. A wait that takes too long, or that `hopeless` ends, is a mismatch. */
  until<T>(find: () => T | undefined, expected: string, hopeless: () => Mismatch | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => end(() => reject(new Mismatch(expected, `nothing within ${this.#patienceMs} ms`))),
        this.#patienceMs,
      )
      const end = (settle: () => void): void => {
        clearTimeout(timer)
        this.#waiters.delete(look)
        settle()
      }
      const look = (): void => {
        const found = find()
        if (found !== undefined) return end(() => resolve(found))
        const reason = hopeless()
        if (reason) end(() => reject(reason))
      }
      this.#waiters.add(look)
      look()
    })
  }
}
