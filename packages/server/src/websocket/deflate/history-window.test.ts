import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HistoryWindow } from './history-window.ts'

describe('HistoryWindow', () => {
  it('is the end of everything that was added, whatever came in which pieces', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 })
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 64 }), (added, maxBytes) => {
        const window = new HistoryWindow(maxBytes)
        for (const piece of added) window.add(piece)
        expect([...window.bytes]).toEqual(added.flatMap((piece) => [...piece]).slice(-maxBytes))
      }),
    )
  })

  it('takes no memory before there is history, and none of what it was given', () => {
    const window = new HistoryWindow(32 * 1024)
    expect(window.bytes.buffer.byteLength).toBe(0)
    const piece = Uint8Array.of(1, 2, 3)
    window.add(piece)
    piece.fill(0)
    expect([...window.bytes]).toEqual([1, 2, 3])
    expect(window.bytes.buffer.byteLength).toBe(3)
  })
})
