// Where ours is the dearer one.
import { expect, test } from 'vitest'
import { lossesOf } from './losses.ts'
import type { WorkloadResult } from './results.ts'

const workload = (rows: Readonly<Record<string, readonly number[]>>): WorkloadResult => ({
  name: 'W1a',
  title: '',
  metrics: ['cpuUsPerDelivery'],
  references: [],
  rows: Object.entries(rows).map(([key, values]) => ({
    key,
    label: `the ${key}`,
    samples: values.map((cpuUsPerDelivery) => ({ cpuUsPerDelivery })),
  })),
})

const found = (rows: Readonly<Record<string, readonly number[]>>) =>
  lossesOf({ workloads: [workload(rows)] }).map(({ row, peer }) => `${row} > ${peer}`)

test('names every peer that is cheaper than a row of ours', () => {
  expect(found({ roomcast: [5], 'roomcast-full': [9], ws: [8], bun: [4] })).toEqual([
    'the roomcast > the bun',
    'the roomcast-full > the ws',
    'the roomcast-full > the bun',
  ])
})

test('goes by the ratios of rounds', () => {
  const [loss] = lossesOf({ workloads: [workload({ roomcast: [2, 3, 40], ws: [1, 2, 10] })] })
  expect(loss).toMatchObject({ workload: 'W1a', figure: 'CPU per delivery' })
  expect(loss?.ratio).toMatchObject({ median: 2, low: 1.5, high: 4 })
})

test('what is as cheap, the floor and what was not measured are none', () => {
  expect(found({ roomcast: [5], ws: [5], bun: [], 'net-floor': [1] })).toEqual([])
})
