// Takes events out of an emitter before anybody hears them.
import type { EventEmitter } from 'node:events'

type Emit = (event: string | symbol, ...args: unknown[]) => boolean

/**
 * Calls `take` with the arguments of each `event` before its listeners; if it returns true, they do not hear of it.
 * It stays in place for good: others may have put theirs before it, so that there is no way back.
 */
export function interceptEvent<Arguments extends readonly unknown[]>(
  emitter: EventEmitter,
  event: string,
  take: (...args: Arguments) => boolean,
): void {
  const emit: Emit = emitter.emit.bind(emitter)
  emitter.emit = (name: string | symbol, ...args: unknown[]): boolean =>
    (name === event && take(...(args as unknown as Arguments))) || emit(name, ...args)
}
