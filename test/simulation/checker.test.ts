import { describe, expect, it } from 'vitest'
import { check, isClean, type RunRecord, type SeenEvent } from './checker.ts'

const seen = (key: string, offset: number, epoch = 'e1'): SeenEvent => ({
  kind: 'publication',
  key,
  id: key,
  epoch,
  offset,
})

/** One subscriber who stayed throughout, and two acknowledged publishes. */
function record(events: readonly SeenEvent[], changes: Partial<RunRecord> = {}): RunRecord {
  return {
    publishes: [
      { key: 'a', room: 'r', invokedAt: 10, outcome: 'ok' },
      { key: 'b', room: 'r', invokedAt: 20, outcome: 'ok' },
    ],
    appends: [
      { key: 'a', id: 'a', room: 'r', epoch: 'e1', offset: 1 },
      { key: 'b', id: 'b', room: 'r', epoch: 'e1', offset: 2 },
    ],
    stays: [{ subscriber: 's', room: 'r', startedAt: 0, isOver: false, seen: [...events] }],
    presence: [],
    ...changes,
  }
}

describe('check', () => {
  it('passes a run in which everything arrived in order', () => {
    expect(isClean(check(record([seen('a', 1), seen('b', 2)])))).toBe(true)
  })

  it('finds a silent loss', () => {
    expect(check(record([seen('a', 1)])).lost).toEqual(['b in r did not reach s'])
  })

  it('accepts a loss that a gap covers, and only where it covers it', () => {
    const gap = (before: number, after: number): SeenEvent => ({
      kind: 'gap',
      before: { epoch: 'e1', offset: before, tag: 0 },
      after: { epoch: 'e1', offset: after, tag: 0 },
    })
    expect(check(record([seen('a', 1), gap(1, 2)])).lost).toEqual([])
    expect(check(record([seen('a', 1), gap(2, 3)])).lost).toHaveLength(1)
  })

  it('finds what surfaced twice, by id and by place', () => {
    expect(check(record([seen('a', 1), seen('b', 2), seen('b', 2)])).duplicated).toHaveLength(2)
  })

  it('finds an id that was appended twice in one epoch', () => {
    const run = record([seen('a', 1), seen('b', 2)])
    const appends = [...run.appends, { ...run.appends[0]!, offset: 3 }]
    expect(check({ ...run, appends }).duplicated).toHaveLength(1)
  })

  it('finds disorder, and data that is not what stands at its offset', () => {
    expect(check(record([seen('b', 2), seen('a', 1)])).reordered).toHaveLength(1)
    expect(check(record([seen('b', 1), seen('a', 2)])).reordered).toHaveLength(2)
  })

  it('finds what nobody published, and what certainly failed', () => {
    const run = record([seen('a', 1), seen('b', 2)])
    const failed = run.publishes.map((publish) => ({ ...publish, outcome: 'notApplied' as const }))
    expect(check({ ...run, publishes: failed }).phantoms).toHaveLength(2)
    expect(check({ ...run, publishes: [] }).phantoms).toHaveLength(2)
  })

  it('finds ghosts and promises that never settled', () => {
    const run = record([seen('a', 1), seen('b', 2)])
    expect(
      check({ ...run, presence: [{ watcher: 'w', room: 'r', seen: ['x'], actual: [] }] }).ghosts,
    ).toHaveLength(1)
    const pending = [{ ...run.publishes[0]!, outcome: 'pending' as const }]
    expect(check({ ...run, publishes: pending }).stuck).toHaveLength(1)
  })
})
