import { describe, expect, it } from 'vitest'
import { RecentIds } from './recent-ids.ts'

describe('RecentIds', () => {
  it('tells whether an id is new', () => {
    const ids = new RecentIds(10)
    expect(ids.add('a')).toBe(true)
    expect(ids.add('b')).toBe(true)
    expect(ids.add('a')).toBe(false)
  })

  it('forgets the oldest, and only as many as it must', () => {
    const ids = new RecentIds(2)
    for (const id of ['a', 'b', 'c']) ids.add(id)
    expect(ids.add('c')).toBe(false)
    expect(ids.add('b')).toBe(false)
    expect(ids.add('a')).toBe(true)
    expect(ids.add('b')).toBe(true)
  })
})
