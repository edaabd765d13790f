// The wait of an event that arrives at a random moment.
import { describe, expect, test } from 'vitest'
import { waitAt } from './loop-delay.mjs'

describe('waitAt', () => {
  test('within one delay the wait falls evenly from its length to nothing', () => {
    // In 10 of the 100 ms that the loop was blocked, an event waits longer than 90 ms.
    expect(waitAt([100], 10)).toBe(90)
    expect(waitAt([100], 50)).toBe(50)
  })

  test('several delays add up', () => {
    // Longer than 40 ms: 60 ms of the first, 10 of the second.
    expect(waitAt([100, 50, 10], 70)).toBe(40)
  })

  test('a long delay among many short ones shows, where a percentile of delays would not', () => {
    const delays = [1000, ...Array.from({ length: 999 }, () => 1)]
    expect(waitAt(delays, 1999 * 0.01)).toBeCloseTo(980, 0)
  })

  test('without delays nobody waits', () => {
    expect(waitAt([], 0)).toBe(0)
    expect(waitAt([0, 0], 5)).toBe(0)
  })
})
