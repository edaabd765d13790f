import { describe, expect, it } from 'vitest'
import { Generations } from './generations.ts'

describe('Generations', () => {
  it('remembers at most so many, and at least half as many of those used last', () => {
    const memory = new Generations<number>(100)
    for (let key = 0; key < 1000; key++) {
      memory.set(`${key}`, key)
      expect(memory.size).toBeLessThanOrEqual(100)
      for (let age = 0; age < Math.min(50, key + 1); age++) expect(memory.get(`${key - age}`)).toBe(key - age)
    }
    expect(memory.get('0')).toBeUndefined()
  })

  it('keeps what is used, however many others come', () => {
    const memory = new Generations<string>(10)
    memory.set('used', 'still here')
    for (let key = 0; key < 1000; key++) {
      memory.set(`${key}`, 'once')
      expect(memory.get('used')).toBe('still here')
    }
  })
})
