// Work that must be done in order although some of it takes time.

/** What one step does; it must not throw or reject. */
export type Step = () => void | Promise<void>

/** Runs steps one after the other. While none waits for another, a step that is done at once runs at once. */
export class Sequence {
  #waiting: Step[] = []
  #isBusy = false

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

  #runFrom(first: Step): void {
    this.#isBusy = true
    for (let step: Step | undefined = first; step !== undefined; step = this.#waiting.shift()) {
      const done = step()
      if (done !== undefined) {
        void done.then(() => this.#continue())
        return
      }
    }
    this.#isBusy = false
  }

  #continue(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#isBusy = false
    else this.#runFrom(next)
  }
}
