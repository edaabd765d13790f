import { describe, expect, it } from 'vitest'
import { RecentResults } from './recent-results.ts'

const by = (clientId: string, id: string): { id: string; from: { userId: string; clientId: string } } => ({
  id,
  from: { userId: 'ada', clientId },
})

const at = (offset: number): { offset: number; tag: number } => ({ offset, tag: 2 ** 32 - 1 - offset })

describe('RecentResults', () => {
  it('remembers a position until the moment it expires', () => {
    const results = new RecentResults(10)
    results.set(by('c1', 'a'), at(1), 100)
    expect(results.get(by('c1', 'a'), 99)).toEqual(at(1))
    expect(results.get(by('c1', 'a'), 100)).toBeUndefined()
    expect(results.get(by('c1', 'b'), 0)).toBeUndefined()
  })

  it('takes an id of another publisher for another id, whoever came first and however many there are', () => {
    const results = new RecentResults(10)
    const keys = [by('c1', 'a'), by('c2', 'a'), { id: 'a', from: undefined }, by('c3', 'a')]
    for (const [index, key] of keys.entries()) {
      expect(results.get(key, 0)).toBeUndefined()
      results.set(key, at(index), 100 + index)
    }
    expect(keys.map((key) => results.get(key, 50))).toEqual([at(0), at(1), at(2), at(3)])
    results.expire(100)
    expect(keys.map((key) => results.get(key, 50))).toEqual([undefined, at(1), at(2), at(3)])
    results.expire(103)
    expect(results.size).toBe(0)
  })

  it('gives nobody the position of an id that was made to look like the key of two others', () => {
    const results = new RecentResults(10)
    results.set(by('c1', 'a'), at(1), 100)
    results.set(by('c2', 'a'), at(2), 100)
    expect(results.get(by('c3', 'ada\nc2\na'), 0)).toBeUndefined()
    expect(results.get({ id: 'a', from: { userId: '', clientId: 'ada\nc2' } }, 0)).toBeUndefined()
  })

  it('forgets what has expired and nothing else', () => {
    const results = new RecentResults(10)
    results.set(by('c1', 'a'), at(1), 100)
    results.set(by('c1', 'b'), at(2), 200)
    results.expire(100)
    expect(results.size).toBe(1)
    expect(results.get(by('c1', 'b'), 150)).toEqual(at(2))
  })

  it('forgets in the order of expiry also when an id was used again', () => {
    const results = new RecentResults(10)
    results.set(by('c1', 'a'), at(1), 100)
    results.set(by('c1', 'b'), at(2), 200)
    results.set(by('c1', 'a'), at(3), 300)
    results.expire(200)
    expect(results.size).toBe(1)
    expect(results.get(by('c1', 'a'), 250)).toEqual(at(3))
  })

  it('forgets the oldest of more than it may remember, and of ids that collide as many again', () => {
    const results = new RecentResults(2)
    for (const [offset, id] of ['a', 'b', 'c'].entries()) results.set(by('c1', id), at(offset), 100)
    const remembered = ['a', 'b', 'c'].map((id) => results.get(by('c1', id), 50))
    expect(remembered).toEqual([undefined, at(1), at(2)])
    for (const offset of [3, 4, 5]) results.set(by(`c${offset}`, 'c'), at(offset), 100)
    expect(results.size).toBe(4)
    expect(results.get(by('c3', 'c'), 50)).toBeUndefined()
    expect([by('c1', 'c'), by('c5', 'c')].map((key) => results.get(key, 50))).toEqual([at(2), at(5)])
  })
})
