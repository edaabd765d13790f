// Medians with distribution-free intervals, as tables and gates show them.

/** A median, and what it lies between. */
export interface Interval {
  readonly median: number
  readonly low: number
  readonly high: number
  /** How sure it is that the true median lies within, from 0 to 1. It may be below what was wished for if there are few values. */
  readonly level: number
}

/** How sure an interval should be. With fewer than 6 values none is: then it holds all of them. */
const WISHED_LEVEL = 0.95

/** Of figures. Undefined if there are none. */
export function intervalOf(values: readonly number[]): Interval | undefined {
  if (values.length === 0) return undefined
  const sorted = [...values].sort((a, b) => a - b)
  const count = sorted.length
  // Each value is below the true median with probability ½, so how many are follows the binomial distribution.
  let cut = 0
  while (cut + 1 < count / 2 && levelWithout(cut + 1, count) >= WISHED_LEVEL) cut++
  return {
    median: (sorted[(count - 1) >> 1]! + sorted[count >> 1]!) / 2,
    low: sorted[cut]!,
    high: sorted[count - 1 - cut]!,
    level: levelWithout(cut, count),
  }
}

/** Of the ratios of pairs. Undefined if there are none. */
export function intervalOfRatio(pairs: readonly (readonly [number, number])[]): Interval | undefined {
  return intervalOf(pairs.map(([value, reference]) => value / reference))
}

/** How sure the interval is that leaves `cut` values out at each end. */
function levelWithout(cut: number, count: number): number {
  let ways = 1
  let below = 1
  for (let index = 1; index <= cut; index++) {
    ways = (ways * (count - index + 1)) / index
    below += ways
  }
  return 1 - 2 * (below / 2 ** count)
}
