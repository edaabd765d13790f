// Medians and their intervals.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { median, medianInterval, medianRatio, percentile } from './statistics.ts'

const figures = fc.array(
  fc.integer({ min: -1e9, max: 1e9 }).map((thousandths) => thousandths / 1000),
  { minLength: 1, maxLength: 40 },
)

describe('median and percentile', () => {
  it('are the middle, and the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it('go from the smallest value to the largest one, and refuse to speak of none', () => {
    expect(percentile([5, 1, 9], 0)).toBe(1)
    expect(percentile([5, 1, 9], 1)).toBe(9)
    expect(percentile([0, 10], 0.25)).toBe(2.5)
    expect(() => median([])).toThrow(RangeError)
    expect(() => percentile([1], 1.5)).toThrow(RangeError)
  })

  it('have half of the values on each side', () => {
    fc.assert(
      fc.property(figures, (values) => {
        const middle = median(values)
        expect(values.filter((value) => value <= middle).length).toBeGreaterThanOrEqual(values.length / 2)
        expect(values.filter((value) => value >= middle).length).toBeGreaterThanOrEqual(values.length / 2)
      }),
    )
  })

  it('do not depend on the order, and leave the values alone', () => {
    fc.assert(
      fc.property(figures, (values) => {
        const before = [...values]
        expect(median([...values].reverse())).toBe(median(values))
        expect(values).toEqual(before)
      }),
    )
  })
})

describe('medianInterval', () => {
  it('is what tables of the sign test say', () => {
    const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
    // 1 − 2 · ½⁷, and for 9 values 1 − 2 · (1 + 9) · ½⁹.
    expect(medianInterval(upTo(7))).toEqual({ low: 1, high: 7, level: 1 - 2 / 128 })
    expect(medianInterval(upTo(9))).toEqual({ low: 2, high: 8, level: 1 - 20 / 512 })
    expect(medianInterval(upTo(20))).toMatchObject({ low: 6, high: 15 })
    expect(medianInterval(upTo(7), 0.85)).toEqual({ low: 2, high: 6, level: 1 - 16 / 128 })
  })

  it('admits what few values cannot show', () => {
    expect(medianInterval([5])).toEqual({ low: 5, high: 5, level: 0 })
    expect(medianInterval([1, 2, 3]).level).toBe(0.75)
  })

  it('holds the median of the values, and narrows when less is asked of it', () => {
    fc.assert(
      fc.property(figures, (values) => {
        const wide = medianInterval(values, 0.99)
        const narrow = medianInterval(values, 0.8)
        expect(wide.low).toBeLessThanOrEqual(narrow.low)
        expect(narrow.low).toBeLessThanOrEqual(median(values))
        expect(median(values)).toBeLessThanOrEqual(narrow.high)
        expect(narrow.high).toBeLessThanOrEqual(wide.high)
      }),
    )
  })

  it('holds the true median as often as it says', () => {
    // A skewed distribution whose median is 1, from a small generator with a fixed seed.
    let state = 1
    const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647
    const rounds = 4000
    const { level } = medianInterval(Array.from({ length: 15 }, () => 0))
    let hits = 0
    for (let round = 0; round < rounds; round++) {
      const sample = Array.from({ length: 15 }, () => -Math.log2(1 - uniform()))
      const { low, high } = medianInterval(sample)
      if (low <= 1 && 1 <= high) hits++
    }
    expect(hits / rounds).toBeCloseTo(level, 1.5)
  })
})

describe('medianRatio', () => {
  it('is about ratios within rounds, not about the ratio of medians', () => {
    const pairs = [
      [1, 10],
      [20, 100],
      [3, 10],
    ] as const
    expect(medianRatio(pairs)).toEqual({ median: 0.2, low: 0.1, high: 0.3, level: 0.75 })
  })
})
