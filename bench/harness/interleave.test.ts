// The order of turns.
import { describe, expect, it } from 'vitest'
import { interleave, rotate } from './interleave.ts'

describe('interleave', () => {
  it('gives every subject one turn in a round, and begins each round with the next one', async () => {
    const order: string[] = []
    const turn = (name: string) => async (round: number) => {
      order.push(name)
      return round
    }
    const samples = await interleave({ a: turn('a'), b: turn('b'), c: turn('c') }, 4)
    expect(order.join('')).toBe('abcbcacababc')
    expect(samples).toEqual({ a: [0, 1, 2, 3], b: [0, 1, 2, 3], c: [0, 1, 2, 3] })
  })

  it('stops at a turn that fails', async () => {
    let turns = 0
    const failing = interleave(
      {
        a: async () => ++turns,
        b: () => Promise.reject(new Error('it fell over')),
      },
      3,
    )
    await expect(failing).rejects.toThrow('it fell over')
    expect(turns).toBe(1)
  })
})

describe('rotate', () => {
  it('keeps the items, whatever it rotates by', () => {
    expect(rotate([1, 2, 3], 4)).toEqual([2, 3, 1])
    expect(rotate([], 4)).toEqual([])
  })
})
