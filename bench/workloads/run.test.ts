// Rounds and turns, with subjects and connections that are made up.
import { describe, expect, test } from 'vitest'
import type { Group } from '../harness/load-generator.ts'
import { runWorkload, windowOf, type RunOptions } from './run.ts'
import type { RunningServer } from './stage.ts'
import type { Workload } from './workload.ts'

/** A theatre that writes down what happens on it. */
function theatre(refused: readonly string[] = []) {
  const log: string[] = []
  const names = new Map<number, string>()
  const subject = (name: string): RunningServer => {
    const port = names.size
    names.set(port, name)
    return {
      port,
      pid: 0,
      residentBytes: () => Promise.resolve(0),
      collectGarbage: () => Promise.resolve({ gc: true }),
      [Symbol.asyncDispose]: async () => void log.push(`${name} ends`),
    }
  }
  const options: RunOptions = {
    rounds: 2,
    seconds: 1,
    onTurn: ({ key, round, done, total }) => log.push(`${key} turn ${round} ${done}/${total}`),
    start: async (name) => {
      log.push(`${name} starts`)
      return subject(name)
    },
    generator: {
      open: async ({ port }) => {
        const name = names.get(port) ?? ''
        if (refused.includes(name)) throw new Error(`${name} refuses`)
        log.push(`${name} opens`)
        return { close: async () => void log.push(`${name} closes`) } as unknown as Group
      },
    },
  }
  return { log, options }
}

const workload = (more: Partial<Workload> = {}): Workload => ({
  name: 'W0',
  title: 'none',
  metrics: ['cpuUsPerDelivery'],
  references: ['ws'],
  entries: [{ subject: 'ws' }, { subject: 'ws-corked', note: 'corked' }],
  connections: 1,
  rooms: 1,
  use: 'room',
  measure: async (_, __, rate) => ({ cpuUsPerDelivery: rate }),
  ...more,
})

describe('runWorkload', () => {
  test('keeps all subjects up while their turns alternate, each round begun by another', async () => {
    const { log, options } = theatre()
    await runWorkload(workload(), options)
    expect(log).toEqual([
      'ws starts',
      'ws opens',
      'ws-corked starts',
      'ws-corked opens',
      'ws turn first 0/6',
      'ws-corked turn first 1/6',
      'ws turn 0 2/6',
      'ws-corked turn 0 3/6',
      'ws-corked turn 1 4/6',
      'ws turn 1 5/6',
      'ws closes',
      'ws ends',
      'ws-corked closes',
      'ws-corked ends',
    ])
  })

  test('does not record the first round of servers that stay up', async () => {
    const { options } = theatre()
    let turns = 0
    const { rows } = await runWorkload(
      workload({ entries: [{ subject: 'ws' }], measure: async () => ({ cpuUsPerDelivery: turns++ }) }),
      options,
    )
    expect(rows[0]?.samples).toEqual([{ cpuUsPerDelivery: 1 }, { cpuUsPerDelivery: 2 }])
  })

  test('gives each turn a server of its own where memory is measured', async () => {
    const { log, options } = theatre()
    await runWorkload(workload({ isFresh: true, maxRounds: 1, entries: [{ subject: 'ws' }] }), options)
    expect(log).toEqual(['ws turn 0 0/1', 'ws starts', 'ws ends'])
  })

  test('gives every turn the rate that was found at the beginning', async () => {
    const { options } = theatre()
    const { rows } = await runWorkload(workload({ calibrate: async () => 56 }), options)
    expect(rows.map(({ samples }) => samples)).toEqual([
      [{ cpuUsPerDelivery: 56 }, { cpuUsPerDelivery: 56 }],
      [{ cpuUsPerDelivery: 56 }, { cpuUsPerDelivery: 56 }],
    ])
  })

  test('a subject that cannot be reached has that in its row and is ended; the others go on', async () => {
    const { log, options } = theatre(['ws'])
    const { rows } = await runWorkload(workload(), options)
    expect(rows[0]).toMatchObject({ key: 'ws', samples: [], failure: 'ws refuses' })
    expect(rows[1]?.samples).toHaveLength(2)
    expect(log.filter((line) => line.endsWith('ends'))).toEqual(['ws ends', 'ws-corked ends'])
  })

  test('a subject that fails in its turn takes no further ones', async () => {
    const { options } = theatre()
    let turns = 0
    const measure: Workload['measure'] = async () => {
      turns++
      throw new Error('no delivery')
    }
    const { rows } = await runWorkload(workload({ measure }), options)
    expect(turns).toBe(2)
    expect(rows.map(({ failure }) => failure)).toEqual(['no delivery', 'no delivery'])
  })

  test('what an entry says is in its row', async () => {
    const { options } = theatre()
    const { rows } = await runWorkload(workload(), options)
    expect(rows[1]).toMatchObject({
      key: 'ws-corked',
      label: 'ws, pre-framed and corked',
      note: 'corked',
    })
  })
})

test('windows are as long as was asked for, and longer where little happens', () => {
  expect(windowOf({}, 1.5)).toEqual({ seconds: 1.5, warmUpSeconds: 0.5 })
  expect(windowOf({ minSeconds: 3 }, 1.5).seconds).toBe(3)
  expect(windowOf({}, 0.3).warmUpSeconds).toBeCloseTo(0.1)
})
