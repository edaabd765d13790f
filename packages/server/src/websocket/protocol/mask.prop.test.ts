import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyMask } from './mask.ts'

const key = fc.integer({ min: 0, max: 2 ** 32 - 1 })

/** The definition of §5.3, letter by letter. */
function maskByDefinition(bytes: Uint8Array, keyNumber: number, phase: number): Uint8Array {
  const keyBytes = [24, 16, 8, 0].map((shift) => (keyNumber >>> shift) & 0xff)
  return bytes.map((byte, index) => byte ^ keyBytes[(phase + index) % 4]!)
}

describe('masking, for any bytes', () => {
  it('does what §5.3 defines at every alignment and phase', () => {
    const view = fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.nat(7), fc.nat(1000))
    fc.assert(
      fc.property(view, key, ([bytes, alignment, phase], keyNumber) => {
        const memory = new Uint8Array(bytes.length + alignment)
        const masked = memory.subarray(alignment)
        masked.set(bytes)
        applyMask(masked, keyNumber, phase)
        expect(masked).toEqual(maskByDefinition(bytes, keyNumber, phase))
      }),
    )
  })

  it('is its own inverse in pieces cut anywhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), key, fc.nat(500), (bytes, keyNumber, cut) => {
        const masked = Uint8Array.from(bytes)
        applyMask(masked.subarray(0, cut), keyNumber)
        applyMask(masked.subarray(cut), keyNumber, Math.min(cut, masked.length))
        applyMask(masked, keyNumber)
        expect(masked).toEqual(bytes)
      }),
    )
  })

  it.each([65_532, 65_533, 65_534, 65_535, 65_536, 65_540])('masks %i bytes', (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => index)
    const masked = Uint8Array.from(bytes)
    applyMask(masked, 0xdeadbeef, 1)
    expect(Buffer.from(masked).equals(maskByDefinition(bytes, 0xdeadbeef, 1))).toBe(true)
  })
})
