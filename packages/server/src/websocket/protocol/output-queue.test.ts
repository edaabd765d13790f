import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex, toHex } from '../../testing/websocket/hex.ts'
import { OutputQueue } from './output-queue.ts'

const takeHex = (queue: OutputQueue, maxBytes: number): string => toHex(Buffer.concat(queue.take(maxBytes)))

describe('OutputQueue', () => {
  it('gives everything back in order, whatever the slices', () => {
    const frames = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }))
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 60 }), (pushed, sliceBytes) => {
        const queue = new OutputQueue()
        for (const frame of pushed) queue.push(frame)
        const slices: Uint8Array[] = []
        while (queue.bytes > 0) {
          const slice = Buffer.concat(queue.take(sliceBytes))
          expect(slice.length).toBeGreaterThan(0)
          expect(slice.length).toBeLessThanOrEqual(sliceBytes)
          slices.push(slice)
        }
        expect(Buffer.concat(slices).equals(Buffer.concat(pushed))).toBe(true)
      }),
    )
  })

  it('keeps nothing of what has left, also if it never runs empty', async () => {
    const queue = new OutputQueue()
    const sent: WeakRef<Uint8Array>[] = []
    for (let index = 0; index < 10_000; index++) {
      const frame = Uint8Array.of(index, index >> 8)
      sent.push(new WeakRef(frame))
      queue.push(frame)
      if (index > 0) expect(queue.take(2)[0]?.[0]).toBe((index - 1) & 0xff)
    }
    expect(queue.bytes).toBe(2)
    // A weak reference keeps its target until the turn is over.
    await nextTurn()
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    collect()
    expect(sent.filter((frame) => frame.deref() !== undefined).length).toBeLessThan(100)
  })

  it('lets an urgent frame overtake at the next frame boundary, not within a frame', () => {
    const queue = new OutputQueue()
    queue.push(hex('01020304'))
    queue.push(hex('0506'))
    expect(takeHex(queue, 3)).toBe('010203')
    queue.pushUrgent(hex('8a00'))
    expect(takeHex(queue, 100)).toBe('048a000506')
  })

  it('keeps only the latest 16 urgent frames', () => {
    const queue = new OutputQueue()
    for (let index = 0; index < 1000; index++) queue.pushUrgent(Uint8Array.of(0x8a, 1, index))
    expect(queue.bytes).toBe(16 * 3)
    const latest = Array.from({ length: 16 }, (_, index) => Uint8Array.of(0x8a, 1, 1000 - 16 + index))
    expect(takeHex(queue, 100)).toBe(toHex(Buffer.concat(latest)))
    expect(queue.bytes).toBe(0)
  })

  it('drops on clear what was not begun, and finishes what was', () => {
    const queue = new OutputQueue()
    queue.push(hex('01020304'))
    queue.push(hex('0506'))
    queue.take(1)
    queue.pushUrgent(hex('8a00'))
    queue.clear()
    queue.push(hex('8800'))
    expect(queue.bytes).toBe(5)
    expect(takeHex(queue, 100)).toBe('0203048800')
    queue.push(hex('01'))
    queue.clear()
    expect([queue.bytes, queue.take(100)]).toEqual([0, []])
  })
})
