import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteAccumulator } from './bytes.ts'

describe('ByteAccumulator', () => {
  it('joins any pieces in order', () => {
    const small = fc.uint8Array({ maxLength: 300 })
    const large = fc.integer({ min: 4000, max: 9000 }).map((length) => new Uint8Array(length).fill(length))
    fc.assert(
      fc.property(fc.array(fc.oneof(small, large)), small, (pieces, last) => {
        const accumulator = new ByteAccumulator()
        for (const piece of pieces) accumulator.append(piece)
        expect(accumulator.length).toBe(pieces.reduce((sum, piece) => sum + piece.length, 0))
        expect(Buffer.from(accumulator.take(last)).equals(Buffer.concat([...pieces, last]))).toBe(true)
        expect(accumulator.length).toBe(0)
      }),
    )
  })

  it('copies, so that a piece may be overwritten afterwards', () => {
    const accumulator = new ByteAccumulator()
    const piece = Uint8Array.of(1, 2)
    accumulator.append(piece)
    piece.fill(0)
    expect(accumulator.take()).toEqual(Uint8Array.of(1, 2))
  })

  it('does not write into what it handed over', () => {
    const accumulator = new ByteAccumulator()
    accumulator.append(Uint8Array.of(1))
    const taken = accumulator.take()
    accumulator.append(Uint8Array.of(2))
    expect(taken).toEqual(Uint8Array.of(1))
  })

  it('holds at most twice the bytes of 131 000 one-byte pieces', () => {
    const accumulator = new ByteAccumulator()
    for (let index = 0; index < 131_000; index++) accumulator.append(Uint8Array.of(index))
    expect(accumulator.take().buffer.byteLength).toBeLessThanOrEqual(2 * 131_000)
  })

  it('forgets on clear', () => {
    const accumulator = new ByteAccumulator()
    accumulator.append(Uint8Array.of(1))
    accumulator.clear()
    expect(accumulator.take()).toEqual(new Uint8Array(0))
  })
})
