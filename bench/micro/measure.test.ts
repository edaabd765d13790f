// Measuring cases, on a clock that the cases themselves move.
import { describe, expect, it } from 'vitest'
import { MissingFeature, needMethod, type MicroCase } from './case.ts'
import { measureCases } from './measure.ts'

/** A case each run of which takes so long. */
function world() {
  let now = 0
  let runs = 0
  const budget = { warmUpNanos: 100, windowNanos: 1000, cpuNanos: () => now }
  const caseOf = (name: string, nanos: number, units = 1): MicroCase => ({
    name,
    unit: 'message',
    units,
    prepare: () => () => {
      now += nanos
      runs++
    },
  })
  return { budget, caseOf, runs: () => runs }
}

describe('measureCases', () => {
  it('gives the time of one unit', async () => {
    const { budget, caseOf } = world()
    expect(await measureCases([caseOf('a', 6, 3), caseOf('b', 7)], budget)).toEqual([
      { name: 'a', unit: 'message', outcome: { kind: 'measured', nanosPerUnit: 2 } },
      { name: 'b', unit: 'message', outcome: { kind: 'measured', nanosPerUnit: 7 } },
    ])
  })

  it('does not count what warms up', async () => {
    const { budget } = world()
    let now = 0
    let nanos = 1000
    const slowAtFirst = { name: 'a', unit: 'message', units: 1, prepare: () => run }
    const run = (): void => {
      now += nanos
      nanos = 10
    }
    const [report] = await measureCases([slowAtFirst], { ...budget, cpuNanos: () => now })
    expect(report?.outcome).toEqual({ kind: 'measured', nanosPerUnit: 10 })
  })

  it('fills the window, and runs once what takes longer', async () => {
    const short = world()
    await measureCases([short.caseOf('a', 10)], short.budget)
    // 1 + 2 + 4 + 8 + 16 to warm up, then a window of 100.
    expect(short.runs()).toBe(131)
    const long = world()
    await measureCases([long.caseOf('a', 1e6)], long.budget)
    expect(long.runs()).toBe(2)
  })

  it('waits for runs that are not done when they return', async () => {
    let now = 0
    const prepare = () => async () => {
      await Promise.resolve()
      now += 5
    }
    const reports = await measureCases([{ name: 'a', unit: 'message', units: 1, prepare }], {
      warmUpNanos: 10,
      windowNanos: 100,
      cpuNanos: () => now,
    })
    expect(reports[0]?.outcome).toEqual({ kind: 'measured', nanosPerUnit: 5 })
  })

  it('tells what is missing from what fails, and measures the others', async () => {
    const { budget, caseOf } = world()
    const failing = (name: string, prepare: MicroCase['prepare']): MicroCase => ({
      ...caseOf(name, 1),
      prepare,
    })
    const reports = await measureCases(
      [
        failing('old', () => {
          throw new MissingFeature('too old')
        }),
        failing('broken', () => () => {
          throw new Error('broken')
        }),
        caseOf('whole', 1),
      ],
      budget,
    )
    expect(reports.map(({ outcome }) => outcome.kind)).toEqual(['missing', 'failed', 'measured'])
    expect(reports[0]?.outcome).toEqual({ kind: 'missing', reason: 'too old' })
    expect(reports[1]?.outcome).toMatchObject({ reason: expect.stringContaining('broken') as string })
  })
})

describe('needMethod', () => {
  it('throws for what is not there only', () => {
    expect(() => needMethod([], 'push')).not.toThrow()
    expect(() => needMethod({ push: undefined }, 'push')).toThrow(MissingFeature)
  })
})
