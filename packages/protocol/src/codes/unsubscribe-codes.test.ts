import { describe, expect, it } from 'vitest'
import { UNSUBSCRIBE_CODES, shouldResubscribe } from './unsubscribe-codes.ts'

describe('UNSUBSCRIBE_CODES', () => {
  it('are different numbers from 2000 to 2999', () => {
    const codes: readonly number[] = Object.values(UNSUBSCRIBE_CODES)
    expect(new Set(codes).size).toBe(codes.length)
    expect(codes.filter((code) => code < 2000 || code > 2999)).toEqual([])
  })

  it('ask to subscribe again exactly below 2500', () => {
    const retried = Object.entries(UNSUBSCRIBE_CODES).filter(([, code]) => shouldResubscribe(code))
    expect(retried.map(([name]) => name)).toEqual(['insufficientState', 'unavailable', 'moreToReplay'])
    expect([2000, 2499, 2500, 2999].map(shouldResubscribe)).toEqual([true, true, false, false])
  })
})
