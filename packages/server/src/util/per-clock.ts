// What all who share a clock share.
import type { Clock } from '../clock.ts'

/** A function that makes one thing for each clock, when it is first asked for, and forgets it with the clock. */
export function perClock<T>(create: (clock: Clock) => T): (clock: Clock) => T {
  const made = new WeakMap<Clock, T>()
  return (clock) => {
    const known = made.get(clock)
    if (known !== undefined) return known
    const anew = create(clock)
    made.set(clock, anew)
    return anew
  }
}
