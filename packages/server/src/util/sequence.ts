// Work that must be done in order although some of it takes time.

/** What one step does; it must not throw or reject. */
export type Step = () => void | Promise<void>

/** Runs steps one after the other. While none waits for another, a step that is done at once runs at once. */
export class Sequence {
  readonly #onIdle: (() => void) | undefined
  #waiting: Step[] = []
  #isBusy = false

  /** Calls back whenever work that took time is done and none waits. */
  constructor(onIdle?: () => void) {
    this.#onIdle = onIdle
  }

  /** Whether everything that was added is done. */
  get isIdle(): boolean {
    return !this.#isBusy
  }

  add(step: Step): void {
    if (this.#isBusy) this.#waiting.push(step)
    else this.#runFrom(step)
  }

  /** Forgets the steps that have not begun. */
  clear(): void {
    this.#waiting = []
  }

  /** False if it has to wait for a step. */
  #runFrom(first: Step): boolean {
    this.#isBusy = true
    for (let step: Step | undefined = first; step !== undefined; step = this.#waiting.shift()) {
      const done = step()
      if (done !== undefined) {
        void done.then(() => this.#continue())
        return false
      }
    }
    this.#isBusy = false
    return true
  }

  #continue(): void {
    const next = this.#waiting.shift()
    if (next !== undefined && !this.#runFrom(next)) return
    this.#isBusy = false
    this.#onIdle?.()
  }
}
