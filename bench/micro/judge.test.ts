// The judgement of a comparison.
import { describe, expect, it } from 'vitest'
import { isOver, judge, type Pair } from './judge.ts'

const ratios = (...values: number[]): Pair[] => values.map((value) => [value * 10, 10])

describe('judge', () => {
  it('calls a case slower when the whole interval is above 1', () => {
    expect(judge(ratios(1.2, 1.3, 1.25, 1.4, 1.22, 1.31, 1.28)).verdict).toBe('slower')
  })

  it('calls a case faster when the whole interval is below 1', () => {
    expect(judge(ratios(0.8, 0.7, 0.75, 0.9, 0.81, 0.79, 0.85)).verdict).toBe('faster')
  })

  it('does not tell apart what is within the noise', () => {
    expect(judge(ratios(1.3, 1.3, 1.3, 1.3, 1.3, 1.3, 0.9)).verdict).toBe('same')
  })

  it('does not believe what too few pairs say', () => {
    expect(judge(ratios(1.3, 1.3, 1.3, 1.3, 1.3)).verdict).toBe('same')
    expect(judge(ratios(1.3, 1.3, 1.3, 1.3, 1.3, 1.3)).verdict).toBe('slower')
  })

  it('calls a case without pairs new', () => {
    expect(judge([])).toEqual({ verdict: 'new', ratio: undefined })
  })

  it('refuses times that are not above zero', () => {
    expect(() => judge([[1, 0]])).toThrow(RangeError)
    expect(() => judge([[Number.NaN, 1]])).toThrow(RangeError)
  })
})

describe('isOver', () => {
  const slower = judge(ratios(1.2, 1.3, 1.25, 1.4, 1.22, 1.31, 1.28))

  it('compares the median with the limit', () => {
    expect(isOver(slower, 1.2)).toBe(true)
    expect(isOver(slower, 1.3)).toBe(false)
  })

  it('never fails a case for its noise, nor a new one', () => {
    expect(isOver(judge(ratios(1.3, 1.3, 1.3, 1.3, 1.3, 1.3, 0.9)), 1.2)).toBe(false)
    expect(isOver(judge([]), 1)).toBe(false)
  })
})
