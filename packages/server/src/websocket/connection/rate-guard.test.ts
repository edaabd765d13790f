import { describe, expect, it } from 'vitest'
import { DEFAULT_WEBSOCKET_LIMITS } from '../websocket-limits.ts'
import { RateGuard } from './rate-guard.ts'

const rate = { perSecond: 1, burst: 3 }
const limits = { ...DEFAULT_WEBSOCKET_LIMITS, messageRate: rate, byteRate: rate, controlFrameRate: rate }

describe('RateGuard', () => {
  it.each([
    ['messages', (guard: RateGuard, nowMs: number) => guard.takeMessages(1, nowMs)],
    ['control frames', (guard: RateGuard, nowMs: number) => guard.takeControlFrame(nowMs)],
    ['bytes', (guard: RateGuard, nowMs: number) => guard.takeBytes(1, nowMs)],
  ])('lets a burst of %s pass, then so many a second', (_, take) => {
    const guard = new RateGuard(limits)
    expect([0, 0, 0, 0, 999, 1000, 1000].map((nowMs) => take(guard, nowMs))).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
      false,
    ])
  })

  it('counts each kind for itself', () => {
    const guard = new RateGuard(limits)
    for (let count = 0; count < 3; count++) guard.takeMessages(1, 0)
    expect([guard.takeMessages(1, 0), guard.takeControlFrame(0), guard.takeBytes(3, 0)]).toEqual([
      false,
      true,
      true,
    ])
  })

  it('has no limit at Infinity', () => {
    const unlimited = { perSecond: Infinity, burst: 0 }
    const guard = new RateGuard({ ...limits, messageRate: unlimited, byteRate: unlimited })
    expect([guard.takeMessages(1, 0), guard.takeBytes(2 ** 40, 0)]).toEqual([true, true])
  })
})
