import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StreamSlice } from '../broker/broker.ts'
import { continueSlice, type Arrived } from './recovery.ts'

const at = (offset: number, epoch = 'e'): Arrived<number> => ({
  at: { epoch, offset, tag: offset },
  message: offset,
})

const sliceTo = (offset: number): StreamSlice => ({ base: at(0).at, top: at(offset).at, items: [] })

describe('continueSlice', () => {
  it('continues any slice with exactly what arrived after its top', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), fc.nat(20), (top, first, count) => {
        const arrived = Array.from({ length: count }, (_, index) => at(first + index + 1))
        const rest = continueSlice(sliceTo(top), arrived)
        const expected = arrived.filter((item) => item.at.offset > top)
        if (expected.length > 0 && first > top) expect(rest).toBeUndefined()
        else expect(rest).toEqual(expected)
      }),
    )
  })

  it('finds a hole between two that arrived', () => {
    expect(continueSlice(sliceTo(1), [at(2), at(4)])).toBeUndefined()
  })

  it('does not join two epochs', () => {
    expect(continueSlice(sliceTo(1), [at(2, 'f')])).toBeUndefined()
    expect(continueSlice(sliceTo(5), [at(1, 'f')])).toBeUndefined()
  })
})
