// Sees and takes events of an emitter before anybody hears them.
import type { EventEmitter } from 'node:events'
import { processWide } from '../../util/process-wide.ts'

type Emit = (event: string | symbol, ...args: unknown[]) => boolean
type Observer = (event: string | symbol, args: readonly unknown[]) => void
type Taker = (...args: readonly unknown[]) => boolean

/** Everything that stands before one emitter's `emit`: a single layer, however many have something there. */
class Gate {
  readonly observers = new Set<Observer>()
  readonly #takers = new Map<string | symbol, Taker[]>()

  add(event: string, taker: Taker): void {
    this.#takers.set(event, [taker, ...(this.#takers.get(event) ?? [])])
  }

  take(event: string | symbol, args: readonly unknown[]): boolean {
    for (const observer of this.observers) observer(event, args)
    const takers = this.#takers.get(event)
    if (takers === undefined) return false
    for (const taker of takers) if (taker(...args)) return true
    return false
  }
}

const gates = processWide('event-gates', () => new WeakMap<EventEmitter, Gate>())

/** It stays in place for good: others may have put theirs before it, so that there is no way back. */
function gateOf(emitter: EventEmitter): Gate {
  const existing = gates.get(emitter)
  if (existing !== undefined) return existing
  const gate = new Gate()
  gates.set(emitter, gate)
  const emit: Emit = emitter.emit.bind(emitter)
  emitter.emit = (name: string | symbol, ...args: unknown[]): boolean =>
    gate.take(name, args) || emit(name, ...args)
  return gate
}

/**
 * Calls `take` with the arguments of each `event` before its listeners; if it returns true, they do not hear of it. Of
 * several the last one is asked first.
 */
export function interceptEvent<Arguments extends readonly unknown[]>(
  emitter: EventEmitter,
  event: string,
  take: (...args: Arguments) => boolean,
): void {
  gateOf(emitter).add(event, take as unknown as Taker)
}

/**
 * Calls back for every event before anybody takes or hears it. Unlike a listener, an observer changes nothing about
 * what an emitter does: servers of node:http treat requests by whether somebody listens. Returns a function that ends it.
 */
export function observeEvents(emitter: EventEmitter, observer: Observer): () => void {
  const { observers } = gateOf(emitter)
  observers.add(observer)
  return () => void observers.delete(observer)
}
