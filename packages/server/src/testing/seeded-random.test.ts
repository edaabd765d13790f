import { describe, expect, it } from 'vitest'
import { SeededRandom } from './seeded-random.ts'

describe('SeededRandom', () => {
  it('gives equal bytes for equal seeds and others for others', () => {
    expect(new SeededRandom(7).bytes(32)).toEqual(new SeededRandom(7).bytes(32))
    expect(new SeededRandom(7).bytes(32)).not.toEqual(new SeededRandom(8).bytes(32))
  })

  it('does not depend on how the bytes are asked for', () => {
    const random = new SeededRandom(7)
    expect([...random.bytes(1), ...random.bytes(3)]).toEqual([...new SeededRandom(7).bytes(4)])
  })

  it('spreads evenly enough to see every byte', () => {
    expect(new Set(new SeededRandom(0).bytes(4096)).size).toBe(256)
  })
})
