// Snapshots that change: the shape of React's useSyncExternalStore, and as easy to use without React.
import { Emitter, type Report } from './emitter.ts'

/** A value to look at and to be told about. Pass both functions to `useSyncExternalStore`. */
export interface Watched<T> {
  /** Calls `listener` whenever the value has changed; returns what ends it. */
  readonly subscribe: (listener: () => void) => () => void
  /** The value now; the same object as long as nothing has changed. */
  readonly getSnapshot: () => T
}

/** Everything of one client that can be watched. */
export class Store {
  readonly #emitter: Emitter<{ change: void }>
  #version = 0

  constructor(report: Report) {
    this.#emitter = new Emitter(report)
  }

  /** Something that a selector may look at is different now. */
  changed = (): void => {
    this.#version++
    this.#emitter.emit('change', undefined)
  }

  /** Watches what `select` picks. The selector runs once per change, so it may build a new object. */
  watch<T>(select: () => T): Watched<T> {
    let cached: { readonly version: number; readonly value: T } | undefined
    const getSnapshot = (): T => {
      if (cached?.version !== this.#version) cached = { version: this.#version, value: select() }
      return cached.value
    }
    const subscribe = (listener: () => void): (() => void) => {
      let last = getSnapshot()
      return this.#emitter.on('change', () => {
        const next = getSnapshot()
        if (Object.is(next, last)) return
        last = next
        listener()
      })
    }
    return { subscribe, getSnapshot }
  }
}
