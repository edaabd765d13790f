// How long a test waits for what must happen. Nothing here is a pause: whatever is waited for ends the wait.
import { setTimeout as delay } from 'node:timers/promises'
import { Mismatch } from './check.ts'

/** After so long, what was expected will not come. Generous, for machines with much else to do. */
export const PATIENCE_MS = 60_000

/** The result of a promise, or a mismatch that says what did not happen. */
export function within<T>(promise: Promise<T>, expected: string, timeoutMs = PATIENCE_MS): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Mismatch(expected, `nothing within ${timeoutMs} ms`)),
      timeoutMs,
    )
    promise.finally(() => clearTimeout(timer)).then(resolve, reject)
  })
}

/** Waits until something holds, looking once in each turn of the event loop. */
export async function eventually(
  condition: () => boolean,
  expected: string,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!condition()) {
    if (performance.now() > deadline) throw new Mismatch(expected, `not within ${timeoutMs} ms`)
    await delay(1)
  }
}

/** The next turn of the event loop, outside of whatever is being read now. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
