// What the chart of a run shows.
import { expect, test } from 'vitest'
import { drawResults } from './results-chart.ts'

const row = (key: string, cpuUsPerDelivery: number) => ({ key, label: key, samples: [{ cpuUsPerDelivery }] })

const svg = (...rows: ReturnType<typeof row>[]) =>
  drawResults({
    date: '2026-11-21T10:00:00.000Z',
    workloads: [{ name: 'W2a', title: 'paced', metrics: ['cpuUsPerDelivery'], references: [], rows }],
  })

test('says the day, what is better, what was measured, and how much more it is than ours', () => {
  const text = svg(row('roomcast', 5), row('ws', 10))
  expect(text).toContain('measured on 2026-11-21: shorter is better')
  expect(text).toContain('>W2a: CPU per delivery<')
  expect(text).toContain('>paced<')
  expect(text).toContain('>5.00 µs<')
  expect(text).toContain('>10.0 µs  2.00 ×<')
})

test('where ours is missing there are no multiples', () => {
  expect(svg(row('ws', 10))).toContain('>10.0 µs<')
})
