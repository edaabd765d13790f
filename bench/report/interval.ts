// Medians with their intervals, or nothing where nothing was measured.
import { median, medianInterval, medianRatio, type MedianInterval } from '../harness/statistics.ts'

/** A median, and the bounds that hold the true one with probability `level`. */
export interface Interval extends MedianInterval {
  readonly median: number
}

/** Of figures. Undefined if there are none. */
export function intervalOf(values: readonly number[]): Interval | undefined {
  return values.length === 0 ? undefined : { median: median(values), ...medianInterval(values) }
}

/** Of the ratios of pairs. Undefined if there are none. */
export function intervalOfRatio(pairs: readonly (readonly [number, number])[]): Interval | undefined {
  return pairs.length === 0 ? undefined : medianRatio(pairs)
}
