// Work on many things, spread over a window at random, so that what follows from it is no burst.
import type { Clock, Timer } from '../clock.ts'
import { randomUint32, type Random } from '../random.ts'

/** How the work is spread. */
export interface SpreadOptions {
  readonly clock: Clock
  readonly random: Random
  /** In milliseconds. With 0 all of it is done at once. */
  readonly windowMs: number
}

/** The work is done in batches this far apart. */
const BATCH_INTERVAL_MS = 100

/** Acts on each item at a random moment of the window, the first of them at once. What is returned cancels the rest. */
export function spread<Item>(
  items: Iterable<Item>,
  { clock, random, windowMs }: SpreadOptions,
  act: (item: Item) => void,
): Timer {
  const count = Math.floor(windowMs / BATCH_INTERVAL_MS) + 1
  const batches: Item[][] = Array.from({ length: count }, () => [])
  for (const item of items) batches[randomUint32(random) % count]!.push(item)
  const timers = batches.flatMap((batch, index) =>
    batch.length === 0 ? [] : [clock.setTimer(() => batch.forEach(act), index * BATCH_INTERVAL_MS)],
  )
  return {
    cancel: () => {
      for (const timer of timers) timer.cancel()
    },
  }
}
