// What is gathered of rounds.
import { describe, expect, it } from 'vitest'
import { costOf, Figures, judgeCase } from './figures.ts'
import type { CaseReport } from './measure.ts'

const measured = (name: string, nanosPerUnit: number): CaseReport => ({
  name,
  unit: 'message',
  outcome: { kind: 'measured', nanosPerUnit },
})
const missing = (name: string): CaseReport => ({
  name,
  unit: 'message',
  outcome: { kind: 'missing', reason: 'too old' },
})
const failed = (name: string): CaseReport => ({
  name,
  unit: 'message',
  outcome: { kind: 'failed', reason: 'broken' },
})

describe('Figures', () => {
  it('pairs the rounds of each case', () => {
    const figures = new Figures()
    for (const factor of [1, 2, 3, 4, 5, 6, 7]) {
      figures.add('mask', [measured('b', 5 * factor), measured('a', factor)], [measured('b', 10 * factor)])
    }
    const [b, a] = figures.cases
    expect(b).toMatchObject({ subject: 'mask', name: 'b', unit: 'message' })
    expect(costOf(b!).median).toBe(20)
    expect(judgeCase(b!)).toMatchObject({ verdict: 'faster', ratio: { low: 0.5, median: 0.5, high: 0.5 } })
    expect(judgeCase(a!).verdict).toBe('new')
    expect(figures.failures).toEqual([])
  })

  it('keeps cases of two subjects apart that have the same name', () => {
    const figures = new Figures()
    figures.add('mask', [measured('128 B', 1)], undefined)
    figures.add('utf8', [measured('128 B', 2)], undefined)
    expect(figures.cases.map((one) => costOf(one).median)).toEqual([1, 2])
  })

  it('takes a case that only the base lacks for a new one', () => {
    const figures = new Figures()
    figures.add('parser', [measured('whole', 1)], [missing('whole')])
    expect(figures.cases.map(judgeCase)).toEqual([{ verdict: 'new', ratio: undefined }])
    expect(figures.failures).toEqual([])
  })

  it('reports what fails in either tree once, and measures the rest', () => {
    const figures = new Figures()
    for (let round = 0; round < 2; round++) {
      const present = [failed('a'), missing('b'), measured('c', 1), measured('d', 1)]
      figures.add('parser', present, [measured('a', 1), measured('b', 1), failed('c'), measured('d', 1)])
    }
    expect(figures.failures).toEqual([
      { where: 'parser, a', reason: 'broken' },
      { where: 'parser, b', reason: 'too old' },
      { where: 'parser, c, in the base', reason: 'broken' },
    ])
    expect(figures.cases.map(({ name }) => name)).toEqual(['c', 'd'])
  })

  it('leaves out a round in which the base failed, so that pairs stay pairs', () => {
    const figures = new Figures()
    figures.add('parser', [measured('a', 100)], [failed('a')])
    figures.add('parser', [measured('a', 2)], [measured('a', 1)])
    expect(judgeCase(figures.cases[0]!).ratio?.median).toBe(2)
  })
})
