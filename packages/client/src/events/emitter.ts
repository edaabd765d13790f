// Handlers by name. A handler that throws disturbs neither the others nor the client.

/** Takes what a handler threw. */
export type Report = (error: unknown) => void

/** Calls handlers in the order in which they were added. */
export class Emitter<Events extends object> {
  readonly #report: Report
  readonly #handlers = new Map<keyof Events, Set<{ readonly handle: (item: never) => void }>>()

  constructor(report: Report) {
    this.#report = report
  }

  /** Whether any handler is there, of any name or of one. */
  has(name?: keyof Events): boolean {
    return name === undefined ? this.#handlers.size > 0 : this.#handlers.has(name)
  }

  /** Adds a handler and returns what removes it. A function that is added twice is called twice. */
  on<Name extends keyof Events>(name: Name, handle: (item: Events[Name]) => void): () => void {
    const entry = { handle }
    const entries = this.#handlers.get(name) ?? new Set()
    this.#handlers.set(name, entries.add(entry))
    return () => {
      if (entries.delete(entry) && entries.size === 0) this.#handlers.delete(name)
    }
  }

  /** Calls the handlers that are there now; what they add or remove counts from the next time on. */
  emit<Name extends keyof Events>(name: Name, item: Events[Name]): void {
    for (const { handle } of [...(this.#handlers.get(name) ?? [])]) {
      try {
        handle(item as never)
      } catch (error) {
        this.#report(error)
      }
    }
  }
}
