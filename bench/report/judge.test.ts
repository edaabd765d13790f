// Gates against results.
import { describe, expect, test } from 'vitest'
import { GATES, type Gate } from './gates.ts'
import { describeGate, describeVerdict, judge, judgeGate } from './judge.ts'
import type { MetricName } from './metrics.ts'
import type { WorkloadResult } from './results.ts'
import { WORKLOADS } from '../workloads/workloads.ts'
import { keyOf } from '../workloads/entry.ts'

const METRIC = 'cpuUsPerDelivery'

function workload(rows: Record<string, readonly number[]>, metric: MetricName = METRIC): WorkloadResult {
  return {
    name: 'W1c',
    title: '',
    metrics: [metric],
    references: [],
    rows: Object.entries(rows).map(([key, values]) => ({
      key,
      label: key,
      samples: values.map((value) => ({ [metric]: value })),
    })),
  }
}

const RATIO: Gate = {
  workload: 'W1c',
  row: 'roomcast',
  metric: METRIC,
  reference: 'ws',
  kind: 'atMost',
  bound: 0.05,
  aim: 0.036,
}

describe('judgeGate', () => {
  test('takes the median of the ratios of each round, not the ratio of medians', () => {
    const { found } = judgeGate(RATIO, [workload({ roomcast: [1, 20, 6], ws: [100, 200, 300] })])
    expect(found?.median).toBeCloseTo(0.02)
    expect(found?.low).toBeCloseTo(0.01)
    expect(found?.high).toBeCloseTo(0.1)
  })

  test('is met at the bound itself and not above it', () => {
    const outcome = (ours: number) => judgeGate(RATIO, [workload({ roomcast: [ours], ws: [100] })]).outcome
    expect(outcome(5)).toBe('met')
    expect(outcome(5.1)).toBe('not met')
  })

  test('a bound that is to be stayed below is not met at the bound', () => {
    const gate: Gate = { ...RATIO, kind: 'below', bound: 1 }
    expect(judgeGate(gate, [workload({ roomcast: [3], ws: [3] })]).outcome).toBe('not met')
  })

  test('a figure without a reference is judged itself', () => {
    const gate: Gate = {
      workload: 'W1c',
      row: 'roomcast',
      metric: 'deliveredShare',
      kind: 'atLeast',
      bound: 0.99,
    }
    const outcome = (share: number) =>
      judgeGate(gate, [workload({ roomcast: [share] }, 'deliveredShare')]).outcome
    expect(outcome(1)).toBe('met')
    expect(outcome(0.98)).toBe('not met')
  })

  test('what was not measured is neither met nor missed', () => {
    expect(judgeGate(RATIO, []).outcome).toBe('not measured')
    expect(judgeGate(RATIO, [workload({ roomcast: [1] })]).outcome).toBe('not measured')
    expect(judgeGate(RATIO, [workload({ roomcast: [], ws: [] })]).outcome).toBe('not measured')
  })

  test('a round in which one of the two failed does not count', () => {
    const { found } = judgeGate(RATIO, [workload({ roomcast: [1, 2], ws: [100] })])
    expect(found?.median).toBeCloseTo(0.01)
  })
})

describe('describeVerdict', () => {
  test('says the outcome, what is asked and what was found', () => {
    const line = describeVerdict(judgeGate(RATIO, [workload({ roomcast: [4], ws: [100] })]))
    expect(line).toBe(
      'met           W1c roomcast, CPU per delivery: at most 0.050 × ws (aim 0.036)  0.040 [0.040, 0.040]',
    )
  })
})

describe('the gates', () => {
  const gates = GATES.flatMap((paragraph) => paragraph.gates)

  test.each(gates.map((gate) => [describeGate(gate), gate] as const))(
    '%s: is about rows that are measured',
    (_, gate) => {
      const about = WORKLOADS.find(({ name }) => name === gate.workload)
      const keys = about?.entries.map(keyOf)
      expect(keys).toContain(gate.row)
      if (gate.reference !== undefined) expect(keys).toContain(gate.reference)
      expect(about?.metrics).toContain(gate.metric)
    },
  )

  test('none of the seven groups is empty', () => {
    expect(judge({ workloads: [] }).map(({ verdicts }) => verdicts.length > 0)).toEqual(
      Array.from({ length: 7 }, () => true),
    )
  })
})
