// The tables of the micro-benchmarks.
import { describe, expect, it } from 'vitest'
import type { CaseFigures } from './figures.ts'
import { comparisonTable, costTable } from './table.ts'

const seven = <T>(value: T): T[] => new Array<T>(7).fill(value)
const cases: readonly CaseFigures[] = [
  { subject: 'mask', name: '32 B', unit: 'payload', present: seven(4), pairs: seven([4, 2] as const) },
  { subject: 'parser', name: 'a whole one', unit: 'message', present: seven(12_345.6), pairs: [] },
]

describe('costTable', () => {
  it('has a row for each case, figures to the right', () => {
    expect(costTable(cases).split('\n')).toEqual([
      'subject  case             ns       interval  for each',
      'mask     32 B           4.00      4.00–4.00  payload',
      'parser   a whole one  12,346  12,346–12,346  message',
    ])
  })
})

describe('comparisonTable', () => {
  it('has what may be said of each case, and dashes for what the base cannot run', () => {
    expect(comparisonTable(cases).split('\n')).toEqual([
      'subject  case         base ns  now ns  ratio   interval          for each',
      'mask     32 B            2.00    4.00   2.00  2.00–2.00  slower  payload',
      'parser   a whole one        –  12,346      –          –  new     message',
    ])
  })
})
