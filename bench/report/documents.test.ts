// Tables between the markers of a document.
import { describe, expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { WORKLOADS } from '../workloads/workloads.ts'
import { fillDocument } from './documents.ts'
import type { Results } from './results.ts'

const RESULTS: Results = {
  format: 1,
  date: '2026-11-21T10:00:00.000Z',
  commit: '0123abc',
  environment: { cores: 2 },
  versions: { ws: '8.23.0' },
  settings: { rounds: 7, seconds: 1.5 },
  workloads: [
    {
      name: 'W1a',
      title: 'singles',
      metrics: ['cpuUsPerDelivery', 'generatorShare'],
      references: ['ws'],
      rows: [
        {
          key: 'roomcast',
          label: 'Roomcast',
          samples: [{ cpuUsPerDelivery: 8.5, generatorShare: 0.97 }],
        },
        {
          key: 'ws',
          label: 'ws',
          note: 'no envelope',
          samples: [{ cpuUsPerDelivery: 10, generatorShare: 0.2 }],
        },
        { key: 'bun', label: 'Bun', samples: [], failure: 'it ended with code 1' },
      ],
    },
  ],
}

const fill = (name: string) =>
  fillDocument(`before\n\n<!-- bench:${name} -->\n<!-- /bench -->\n\nafter\n`, RESULTS)

describe('fillDocument', () => {
  test('writes a table with ratios, notes and what failed', () => {
    const text = fill('W1a')
    expect(text).toContain('**W1a**: singles.')
    expect(text).toMatch(/\| Roomcast +\| +8\.50 µs \| +97\.0 %\* \| +0\.85 \[0\.85, 0\.85\] \|/)
    expect(text).toContain('- Brackets hold the true median with a confidence of 0.0 % (rounds: 1).')
    expect(text).toContain('- ws: no envelope')
    expect(text).toContain('- Bun: it ended with code 1')
    expect(text).toContain('- * The load generator was busy')
  })

  test('leaves what is outside of the markers, and the markers', () => {
    const text = fill('W1a')
    expect(text.startsWith('before\n\n<!-- bench:W1a -->\n\n')).toBe(true)
    expect(text.endsWith('\n\n<!-- /bench -->\n\nafter\n')).toBe(true)
  })

  test('does the same to what it wrote', () => {
    const text = fill('W1a')
    expect(fillDocument(text, RESULTS)).toBe(text)
  })

  test('says what was not measured', () => {
    expect(fill('W3a')).toContain('Not measured in this run.')
  })

  test('writes the gates, the machine and the chart', () => {
    expect(fill('chart')).toContain('](images/performance.svg)')
    expect(fill('gates')).toMatch(/W1a roomcast, CPU per delivery: at most 0\.92 × ws.*0\.85.*\| +met \|/)
    expect(fill('machine')).toContain('ws 8.23.0')
    expect(fill('machine')).toContain('at commit 0123abc')
  })

  test('says where ours is dearer', () => {
    expect(fill('losses')).toBe(
      'before\n\n<!-- bench:losses -->\n\nNowhere, by the figures that the tables compare.\n\n<!-- /bench -->\n\nafter\n',
    )
    const [workload] = RESULTS.workloads
    const [ours, ws] = workload!.rows
    const rows = [ours!, { ...ws!, samples: [{ cpuUsPerDelivery: 4.25 }] }]
    const text = fillDocument('<!-- bench:losses -->\n<!-- /bench -->', {
      ...RESULTS,
      workloads: [{ ...workload!, rows }],
    })
    expect(text).toMatch(
      /\| W1a Roomcast +\| +CPU per delivery \| +ws \| +2\.00 \[2\.00, 2\.00\] \| +dearer \|/,
    )
  })

  test('refuses a marker that means nothing or has no end', () => {
    expect(() => fill('nonsense')).toThrow('bench:nonsense means nothing')
    expect(() => fillDocument('<!-- bench:W1a -->', RESULTS)).toThrow('bench:W1a has no end')
  })
})

test('docs/performance.md has a place for every workload', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/performance.md'), 'utf8')
  for (const { name } of WORKLOADS) expect(text).toContain(`<!-- bench:${name} -->`)
})
