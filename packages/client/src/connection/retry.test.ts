import { RoomcastError } from '@roomcast/protocol/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { Retry } from './retry.ts'

const failure = (retryAfterMs?: number) => new RoomcastError('unavailable', 'not now', { retryAfterMs })

const backoff = { minMs: 500, maxMs: 20_000 }

/** Randomness whose every byte is this one. */
const bytesOf = (byte: number) => ({ bytes: (size: number) => new Uint8Array(size).fill(byte) })

/** Half of each bound, so that waits are known. */
const half = { bytes: () => Uint8Array.of(0, 0, 0, 128) }

describe('Retry', () => {
  let clock: FakeClock
  let retry: Retry
  let count: number

  const act = (): void => void count++

  beforeEach(() => {
    clock = new FakeClock()
    count = 0
    retry = new Retry({ clock, random: half, backoff })
  })

  it('acts once, after the wait that it tells', async () => {
    expect(retry.after(failure(), act)).toBe(250)
    await clock.advance(249)
    expect(count).toBe(0)
    await clock.advance(1_000)
    expect(count).toBe(1)
  })

  it('waits longer after each failure, and begins anew when it has worked', () => {
    const waits = Array.from({ length: 8 }, () => retry.after(failure(), act))
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
    expect(retry.failures).toBe(8)
    retry.reset()
    expect(retry.failures).toBe(0)
    expect(retry.after(failure(), act)).toBe(250)
  })

  it('may not wait at all, so that clients spread over the whole range', () => {
    const eager = new Retry({ clock, random: bytesOf(0), backoff })
    for (let n = 0; n < 8; n++) expect(eager.after(failure(), act)).toBe(0)
  })

  it('stays below the bound, but comes near, however often it fails', () => {
    const patient = new Retry({ clock, random: bytesOf(255), backoff })
    for (let n = 0; n < 5_000; n++) {
      const boundMs = Math.min(500 * 2 ** n, 20_000)
      const delayMs = patient.after(failure(), act)
      expect(delayMs).toBeLessThan(boundMs)
      expect(delayMs).toBeGreaterThan(boundMs * 0.99)
    }
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
