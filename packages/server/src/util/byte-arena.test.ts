import { describe, expect, it } from 'vitest'
import { ARENA_PIECE_BYTES, ByteArena } from './byte-arena.ts'

describe('ByteArena', () => {
  it('hands out adjacent memory, and the next block when one is full', () => {
    const arena = new ByteArena()
    expect([arena.allocate(10), arena.allocate(20)]).toEqual([0, 10])
    const first = arena.bytes
    let offset = 0
    while (arena.bytes === first) offset = arena.allocate(ARENA_PIECE_BYTES)
    expect(offset).toBe(0)
  })

  it('uses the same blocks again in the next turn', () => {
    const arena = new ByteArena()
    const blocksOfTurn = (): Set<Uint8Array> => {
      const blocks = new Set<Uint8Array>()
      for (let count = 0; count < 20; count++) {
        arena.allocate(ARENA_PIECE_BYTES)
        blocks.add(arena.bytes)
      }
      arena.endTurn()
      return blocks
    }
    const first = blocksOfTurn()
    expect(first.size).toBe(5)
    expect(blocksOfTurn()).toEqual(first)
    expect([...blocksOfTurn()].every((block) => first.has(block))).toBe(true)
  })

  it('never writes again to what is retained', () => {
    const arena = new ByteArena()
    arena.allocate(10)
    const block = arena.bytes
    arena.retain()
    arena.endTurn()
    arena.allocate(10)
    expect(arena.bytes).not.toBe(block)
    const next = arena.bytes
    arena.endTurn()
    arena.allocate(10)
    expect(arena.bytes).toBe(next)
  })

  it('keeps a bounded number of blocks', () => {
    const arena = new ByteArena()
    const blocksOfTurn = (): Uint8Array[] => {
      const blocks: Uint8Array[] = []
      for (let count = 0; count < 120; count++) {
        arena.allocate(ARENA_PIECE_BYTES)
        if (blocks.at(-1) !== arena.bytes) blocks.push(arena.bytes)
      }
      arena.endTurn()
      return blocks
    }
    const first = blocksOfTurn()
    const again = blocksOfTurn().filter((block) => first.includes(block))
    expect([first.length, again.length]).toEqual([30, 16])
  })
})
