import { expect, it } from 'vitest'
import { RateTable } from './rate-table.ts'

it('has a bucket for each, and says when there will be enough', () => {
  const rates = new RateTable({ perSecond: 10, burst: 2 })
  expect([rates.take('ada', 0), rates.take('ada', 0), rates.take('ada', 0)]).toEqual([0, 0, 100])
  expect(rates.take('bob', 0)).toBe(0)
  expect([rates.take('ada', 99), rates.take('ada', 100)]).toEqual([1, 0])
})

it('says when there will be a full bucket for what costs more', () => {
  const rates = new RateTable({ perSecond: 10, burst: 2 })
  expect([rates.take('ada', 0, 50), rates.take('ada', 0, 50)]).toEqual([0, 200])
})

it('never lets through what nothing refills', () => {
  const rates = new RateTable({ perSecond: 0, burst: 1 })
  expect([rates.take('ada', 0), rates.take('ada', 1e9)]).toEqual([0, Infinity])
})

it('keeps nothing where there is no limit', () => {
  const rates = new RateTable({ perSecond: Infinity, burst: Infinity })
  expect(Array.from({ length: 1000 }, () => rates.take('ada', 0)).every((wait) => wait === 0)).toBe(true)
})
