import { describe, expect, it } from 'vitest'
import { RecentResults } from './recent-results.ts'

describe('RecentResults', () => {
  it('remembers a value until the moment it expires', () => {
    const results = new RecentResults<string>()
    results.set('a', 'x', 100)
    expect(results.get('a', 99)).toBe('x')
    expect(results.get('a', 100)).toBeUndefined()
    expect(results.get('b', 0)).toBeUndefined()
  })

  it('forgets what has expired and nothing else', () => {
    const results = new RecentResults<string>()
    results.set('a', 'x', 100)
    results.set('b', 'y', 200)
    results.expire(100)
    expect(results.size).toBe(1)
    expect(results.get('b', 150)).toBe('y')
  })

  it('forgets in the order of expiry also when a key was set again', () => {
    const results = new RecentResults<string>()
    results.set('a', 'x', 100)
    results.set('b', 'y', 200)
    results.set('a', 'z', 300)
    results.expire(200)
    expect(results.size).toBe(1)
    expect(results.get('a', 250)).toBe('z')
  })
})
