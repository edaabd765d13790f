import { RoomcastError } from '@roomcast/protocol/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { Retry } from './retry.ts'

const failure = (retryAfterMs?: number) => new RoomcastError('unavailable', 'not now', { retryAfterMs })

describe('Retry', () => {
  let clock: FakeClock
  let retry: Retry
  let count: number

  const act = (): void => void count++

  beforeEach(() => {
    clock = new FakeClock()
    count = 0
    // Half of each bound, so that waits are known.
    const random = { bytes: () => Uint8Array.of(0, 0, 0, 128) }
    retry = new Retry({ clock, random, backoff: { minMs: 500, maxMs: 2_000 } })
  })

  it('acts once, after the wait that it tells', async () => {
    expect(retry.after(failure(), act)).toBe(250)
    await clock.advance(249)
    expect(count).toBe(0)
    await clock.advance(1_000)
    expect(count).toBe(1)
  })

  it('waits longer after each failure, and begins anew when it has worked', () => {
    expect([1, 2, 3, 4].map(() => retry.after(failure(), act))).toEqual([250, 500, 1_000, 1_000])
    expect(retry.failures).toBe(4)
    retry.reset()
    expect(retry.failures).toBe(0)
    expect(retry.after(failure(), act)).toBe(250)
  })

  it('waits at least as long as the server has said', () => {
    expect(retry.after(failure(700), act)).toBe(700)
    expect(retry.after(failure(400), act)).toBe(500)
  })

  it('waits within other bounds when it is given them', () => {
    expect(retry.after(failure(), act, { minMs: 30_000, maxMs: 30_000 })).toBe(15_000)
  })

  it('does not act once cancelled, and leaves no timer', () => {
    retry.after(failure(), act)
    retry.cancel()
    expect(clock.timerCount).toBe(0)
  })
})
