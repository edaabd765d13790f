// How long a run will take, in words.
import { describe, expect, test } from 'vitest'
import { describeDuration, estimateSeconds } from './progress.ts'
import { WORKLOADS } from './workloads.ts'

test('a duration has minutes when there are some', () => {
  expect(describeDuration(42.4)).toBe('42 s')
  expect(describeDuration(125)).toBe('2 min 5 s')
  expect(describeDuration(119.7)).toBe('2 min 0 s')
})

describe('estimateSeconds', () => {
  const [workload] = WORKLOADS

  test('grows with rounds and windows', () => {
    const once = estimateSeconds(workload!, 1, 1)
    // Seven rounds and the one that is not recorded, against one and that one.
    expect(estimateSeconds(workload!, 7, 1)).toBeCloseTo((8 / 2) * once)
    expect(estimateSeconds(workload!, 1, 2)).toBeGreaterThan(once)
  })

  test('knows that some workloads have fewer rounds', () => {
    const memory = WORKLOADS.find(({ maxRounds }) => maxRounds === 3)!
    expect(estimateSeconds(memory, 7, 1)).toBe(estimateSeconds(memory, 3, 1))
  })
})
