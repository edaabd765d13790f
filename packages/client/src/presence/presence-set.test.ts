import type { Member, PresenceChange, PresencePush } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import { PresenceSet } from './presence-set.ts'

const member = (clientId: string, name = clientId): Member => ({
  clientId,
  userId: `u-${clientId}`,
  data: { name },
})

const push = (offset: number, change: PresenceChange, epoch = 'p1'): PresencePush => ({
  type: 'presence',
  room: 'r',
  position: { epoch, offset },
  change,
})

const enter = (offset: number, clientId: string, epoch?: string) =>
  push(offset, { kind: 'enter', member: member(clientId) }, epoch)

const snapshot = (offset: number, clientIds: readonly string[], epoch = 'p1') => ({
  members: clientIds.map((clientId) => member(clientId)),
  position: { epoch, offset },
})

const kinds = (changes: ReturnType<PresenceSet['apply']>) =>
  changes?.map(({ kind, member }) => `${kind} ${member.clientId}`)

function setOf(...clientIds: string[]): PresenceSet {
  const set = new PresenceSet()
  set.reset(snapshot(5, clientIds))
  return set
}

describe('PresenceSet', () => {
  it('begins with a snapshot and follows the diffs', () => {
    const set = setOf('a')
    expect(kinds(set.apply(enter(6, 'b')))).toEqual(['enter b'])
    expect(kinds(set.apply(push(7, { kind: 'update', member: member('a', 'x') })))).toEqual(['update a'])
    expect(kinds(set.apply(push(8, { kind: 'leave', clientId: 'b' })))).toEqual(['leave b'])
    expect(set.members).toEqual([member('a', 'x')])
  })

  it('tells of a leave with the member as it was', () => {
    expect(setOf('a').apply(push(6, { kind: 'leave', clientId: 'a' }))).toEqual([
      { kind: 'leave', member: member('a') },
    ])
  })

  it('holds diffs until the snapshot is there, and drops those that it contains', () => {
    const set = new PresenceSet()
    expect(set.apply(enter(5, 'a'))).toEqual([])
    expect(set.apply(enter(6, 'b'))).toEqual([])
    expect(set.members).toEqual([])
    expect(kinds(set.reset(snapshot(5, ['a'])))).toEqual(['enter a', 'enter b'])
  })

  it('drops held diffs of an earlier stream', () => {
    const set = new PresenceSet()
    set.apply(enter(6, 'ghost', 'p0'))
    expect(kinds(set.reset(snapshot(5, ['a'])))).toEqual(['enter a'])
  })

  it('asks for a new snapshot when a held diff is missing', () => {
    const set = new PresenceSet()
    set.apply(enter(7, 'b'))
    expect(set.reset(snapshot(5, ['a']))).toBeUndefined()
  })

  it.each([
    ['a hole', enter(7, 'b')],
    ['another epoch', enter(6, 'b', 'p2')],
  ])('asks for a new snapshot at %s', (_what, diff) => {
    const set = setOf('a')
    expect(set.apply(diff)).toBeUndefined()
    expect(set.members).toEqual([member('a')])
  })

  it('drops a diff that it knows', () => {
    const set = setOf('a')
    expect(set.apply(enter(5, 'b'))).toEqual([])
    expect(set.members).toEqual([member('a')])
  })

  it('gives only the differences when a snapshot replaces what was known', () => {
    const set = setOf('a', 'b', 'c')
    set.await()
    const changes = set.reset({
      members: [member('b', 'renamed'), member('c'), member('d')],
      position: { epoch: 'p2', offset: 1 },
    })
    expect(kinds(changes)).toEqual(['leave a', 'update b', 'enter d'])
  })

  it('is idempotent by client', () => {
    const set = setOf('a')
    expect(set.apply(enter(6, 'a'))).toEqual([])
    expect(set.apply(push(7, { kind: 'leave', clientId: 'nobody' }))).toEqual([])
  })

  it('gives the same array as long as nothing changes', () => {
    const set = setOf('a')
    const before = set.members
    set.apply(enter(6, 'a'))
    expect(set.members).toBe(before)
    set.apply(enter(7, 'b'))
    expect(set.members).not.toBe(before)
    expect(before).toEqual([member('a')])
  })
})
