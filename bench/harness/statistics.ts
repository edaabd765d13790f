// Medians, percentiles, and how far a median can be trusted without knowing how the figures are distributed.

/** Bounds that hold the true median with probability `level`. */
export interface MedianInterval {
  readonly low: number
  readonly high: number
  /** From 0 to below 1. With few values it may be less than what was asked for: it is what they allow. */
  readonly level: number
}

const ascending = (values: readonly number[]): number[] => {
  if (values.length === 0) throw new RangeError('There are no values.')
  return [...values].sort((a, b) => a - b)
}

/** The value at `share` of the way, from 0 (the smallest) to 1, between neighbours if need be. @throws {RangeError} without values. */
export function percentile(values: readonly number[], share: number): number {
  if (!(share >= 0 && share <= 1)) throw new RangeError('A share is between 0 and 1.')
  const sorted = ascending(values)
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] as number
  const above = sorted[Math.ceil(place)] as number
  // Not below + (above − below) × …, which rounds out of the bounds.
  const weight = place - Math.floor(place)
  return weight === 0 ? below : below * (1 - weight) + above * weight
}

/** The middle value, or the mean of the two in the middle. @throws {RangeError} without values. */
export const median = (values: readonly number[]): number => percentile(values, 0.5)

/**
 * The narrowest pair of values, equally far from both ends, that has the median of what was sampled between it with at least the
 * wanted probability; the smallest and the largest one if no pair does. Each value lies below that median with probability ½, so how
 * many do is binomial, whatever the distribution.
 *
 * @throws {RangeError} without values.
 */
export function medianInterval(values: readonly number[], wantedLevel = 0.95): MedianInterval {
  const sorted = ascending(values)
  const count = sorted.length
  let chosen = 0
  // The probability that at most `chosen` values lie below the median: of being above the interval, and of being below it.
  let outside = 0.5 ** count
  let next = outside
  let ways = outside
  for (let index = 1; index < count / 2; index++) {
    ways *= (count - index + 1) / index
    next += ways
    if (1 - 2 * next < wantedLevel) break
    chosen = index
    outside = next
  }
  return {
    low: sorted[chosen] as number,
    high: sorted[count - 1 - chosen] as number,
    level: Math.max(0, 1 - 2 * outside),
  }
}

/** The median of value ÷ reference over rounds, with its interval. @throws {RangeError} without pairs. */
export function medianRatio(
  pairs: readonly (readonly [value: number, reference: number])[],
  wantedLevel = 0.95,
): MedianInterval & { readonly median: number } {
  const ratios = pairs.map(([value, reference]) => value / reference)
  return { median: median(ratios), ...medianInterval(ratios, wantedLevel) }
}
