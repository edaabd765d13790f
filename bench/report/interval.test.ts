// Medians and their intervals.
import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { intervalOf, intervalOfRatio } from './interval.ts'

describe('intervalOf', () => {
  test('seven values are all within, at a level above 98 %', () => {
    expect(intervalOf([7, 1, 2, 3, 4, 5, 6])).toEqual({ median: 4, low: 1, high: 7, level: 1 - 2 / 128 })
  })

  test('more values leave outliers out while the level stays at 95 %', () => {
    const interval = intervalOf(Array.from({ length: 20 }, (_, index) => index))
    // The 6th and the 15th of 20: 95.9 %.
    expect(interval).toMatchObject({ median: 9.5, low: 5, high: 14 })
    expect(interval?.level).toBeCloseTo(0.9586, 4)
  })

  test('few values have an interval of a lower level, which it says', () => {
    expect(intervalOf([1, 3])).toEqual({ median: 2, low: 1, high: 3, level: 0.5 })
    expect(intervalOf([1])?.level).toBe(0)
  })

  test('no values have none', () => {
    expect(intervalOf([])).toBeUndefined()
  })

  test('the median is within, whatever the values and their order', () => {
    const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(values, (given) => {
        const { median, low, high, level } = intervalOf(given)!
        expect(low).toBeLessThanOrEqual(median)
        expect(high).toBeGreaterThanOrEqual(median)
        if (given.length >= 6) expect(level).toBeGreaterThanOrEqual(0.95)
        expect(intervalOf([...given].reverse())).toEqual(intervalOf(given))
      }),
    )
  })
})

test('intervalOfRatio takes the ratio of each pair', () => {
  const pairs: [number, number][] = [
    [1, 2],
    [10, 10],
    [300, 200],
  ]
  expect(intervalOfRatio(pairs)).toMatchObject({ median: 1, low: 0.5, high: 1.5 })
})
