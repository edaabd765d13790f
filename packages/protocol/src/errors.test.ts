import { describe, expect, it } from 'vitest'
import { RoomcastError } from './errors.ts'

describe('RoomcastError', () => {
  it('says by default that nothing was applied and that trying again is of no use', () => {
    const error = new RoomcastError('forbidden', 'no')
    expect(error).toMatchObject({ temporary: false, outcome: 'notApplied' })
    expect([error.retryAfterMs, error.data, 'cause' in error]).toEqual([undefined, undefined, false])
    expect(String(error)).toBe('RoomcastError: no')
    expect(error).toBeInstanceOf(Error)
  })

  it('carries what it was given', () => {
    const cause = new Error('why')
    const details = {
      temporary: true,
      outcome: 'unknown',
      retryAfterMs: 5,
      data: { by: 'Ada' },
      cause,
    } as const
    expect(new RoomcastError('taken', 'no', details)).toMatchObject({ code: 'taken', ...details })
  })
})
