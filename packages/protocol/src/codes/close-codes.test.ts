import { describe, expect, it } from 'vitest'
import { CLOSE_CODES, shouldReconnect } from './close-codes.ts'

describe('CLOSE_CODES', () => {
  it('lie in the two ranges that are not the applications’', () => {
    for (const code of Object.values(CLOSE_CODES)) {
      expect((code >= 4000 && code <= 4249) || (code >= 4500 && code <= 4749), String(code)).toBe(true)
    }
  })

  it('are all different', () => {
    const codes = Object.values(CLOSE_CODES)
    expect(new Set(codes).size).toBe(codes.length)
  })

  it('ask to reconnect exactly when waiting can help', () => {
    const retried = Object.entries(CLOSE_CODES).filter(([, code]) => shouldReconnect(code))
    expect(retried.map(([name]) => name)).toEqual([
      'connectTimeout',
      'rateLimited',
      'slowConsumer',
      'heartbeatTimeout',
    ])
  })
})

describe('shouldReconnect', () => {
  it.each([1001, 1006, 1011, 1012, 1013])('is true for %i of the RFC', (code) => {
    expect(shouldReconnect(code)).toBe(true)
  })

  it.each([1002, 1003, 1007, 1008, 1009])('is false for %i of the RFC', (code) => {
    expect(shouldReconnect(code)).toBe(false)
  })

  it.each([1000, 1005, 1010, 1014, 1015])(
    'is true for %i, after which another attempt may succeed',
    (code) => {
      expect(shouldReconnect(code)).toBe(true)
    },
  )

  it('compares codes of Roomcast and of applications with 4500', () => {
    const edges = [4000, 4249, 4250, 4499, 4500, 4749, 4750, 4999]
    expect(edges.map(shouldReconnect)).toEqual([true, true, true, true, false, false, false, false])
  })
})
