import { describe, expect, it } from 'vitest'
import { backoffDelayMs } from './backoff.ts'

const bounds = { minMs: 500, maxMs: 20_000 }
const fraction = (byte: number) => ({ bytes: (size: number) => new Uint8Array(size).fill(byte) })

describe('backoffDelayMs', () => {
  it('may be no wait at all, so that clients spread over the whole range', () => {
    expect(backoffDelayMs(bounds, 5, fraction(0))).toBe(0)
  })

  it.each([
    [0, 500],
    [1, 1000],
    [5, 16_000],
    [6, 20_000],
    [5000, 20_000],
  ])('after %i failures stays below %i ms, but comes near', (failures, boundMs) => {
    const delayMs = backoffDelayMs(bounds, failures, fraction(255))
    expect(delayMs).toBeLessThan(boundMs)
    expect(delayMs).toBeGreaterThan(boundMs * 0.99)
  })
})
