// Handlers by name. A handler that throws disturbs neither the others nor the client.

/** Takes what a handler threw. */
export type Report = (error: unknown) => void

interface Handler<Name> {
  readonly name: Name
  readonly handle: (item: never) => void
}

/** Calls handlers in the order in which they were added. */
export class Emitter<Events extends object> {
  readonly #report: Report
  readonly #handlers = new Set<Handler<keyof Events>>()

  constructor(report: Report) {
    this.#report = report
  }

  /** Whether any handler is there, of any name or of one. */
  has(name?: keyof Events): boolean {
    return this.#named(name).length > 0
  }

  /** Adds a handler and returns what removes it. A function that is added twice is called twice. */
  on<Name extends keyof Events>(name: Name, handle: (item: Events[Name]) => void): () => void {
    const handler = { name, handle }
    this.#handlers.add(handler)
    return () => void this.#handlers.delete(handler)
  }

  /** Calls the handlers that are there now; what they add or remove counts from the next time on. */
  emit<Name extends keyof Events>(name: Name, item: Events[Name]): void {
    for (const { handle } of this.#named(name)) {
      try {
        handle(item as never)
      } catch (error) {
        this.#report(error)
      }
    }
  }

  #named(wanted: keyof Events | undefined): Handler<keyof Events>[] {
    return [...this.#handlers].filter(({ name }) => wanted === undefined || name === wanted)
  }
}
