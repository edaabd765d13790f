// The command line of the bench.
import { describe, expect, test } from 'vitest'
import { parseOptions, UsageError } from './options.ts'
import { keyOf } from './entry.ts'
import { WORKLOADS } from './workloads.ts'

const names = (args: string[]) => parseOptions(args).workloads.map(({ name }) => name)

describe('parseOptions', () => {
  test('measures everything by default, in full', () => {
    const options = parseOptions([])
    expect(options).toMatchObject({ errand: 'run', rounds: 7, seconds: 1.5, isWhole: true })
    expect(options.workloads).toHaveLength(WORKLOADS.length)
  })

  test('takes a workload, or all that begin with a name', () => {
    expect(names(['--only', 'W1c'])).toEqual(['W1c'])
    expect(names(['--only', 'w2,W5'])).toEqual(['W2a', 'W2b', 'W5'])
  })

  test('keeps ours beside the chosen peers, and only references that are there', () => {
    const [workload] = parseOptions(['--only', 'W1c', '--peers', 'ws,bun']).workloads
    expect(workload?.entries.map(keyOf)).toEqual(['roomcast', 'roomcast-full', 'ws', 'bun'])
    expect(workload?.references).toEqual(['ws', 'bun', 'roomcast'])
  })

  test('keeps a peer that a workload cannot do without', () => {
    const [workload] = parseOptions(['--only', 'W8a', '--peers', 'none']).workloads
    expect(workload?.entries.map(keyOf)).toEqual(['roomcast', 'roomcast-full', 'ws'])
  })

  test.each([
    [['--only', 'W1c']],
    [['--peers', 'ws']],
    [['--quick']],
    [['--rounds', '3']],
    [['--seconds', '1']],
  ])('results of %j are not those of a whole run', (args) => {
    expect(parseOptions(args).isWhole).toBe(false)
  })

  test('a quick run can be told otherwise', () => {
    expect(parseOptions(['--quick'])).toMatchObject({ rounds: 3, seconds: 0.5 })
    expect(parseOptions(['--quick', '--rounds', '5'])).toMatchObject({ rounds: 5, seconds: 0.5 })
  })

  test.each([
    [['--peers', 'sw'], 'There is no peer "sw". There are: ws, '],
    [['--only', 'W3a', '--peers', 'ws-corked'], 'ws-corked takes no part in W3a'],
    [['--peers', ''], '--peers names no peer'],
    [['--only', 'W99'], 'There is no workload "W99". There are: W1a, '],
    [['--only', ''], '--only names no workload'],
    [['--rounds', 'many'], '--rounds takes a number above 0, not "many"'],
    [['--rounds', '1.5'], '--rounds takes a whole number'],
    [['--seconds', '0'], '--seconds takes a number above 0, not "0"'],
    [['--fast'], "Unknown option '--fast'"],
    [['W1c'], 'W1c'],
  ])('%j is refused in words', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError)
    expect(() => parseOptions(args)).toThrow(message)
  })

  test('shows the options after one that it does not know', () => {
    expect(() => parseOptions(['--fast'])).toThrow('--peers ws,bun')
  })
})

test('no two workloads and no two rows of one have the same name', () => {
  const all = WORKLOADS.map(({ name }) => name)
  expect(new Set(all).size).toBe(all.length)
  for (const { entries } of WORKLOADS) {
    const keys = entries.map(keyOf)
    expect(new Set(keys).size).toBe(keys.length)
  }
})

test('every reference is a row', () => {
  for (const { entries, references } of WORKLOADS) {
    expect(entries.map(keyOf)).toEqual(expect.arrayContaining([...references]))
  }
})
