import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TokenBucket } from './token-bucket.ts'

const take = (bucket: TokenBucket, now: number, times: number): number =>
  Array.from({ length: times }, () => bucket.take(now)).filter(Boolean).length

describe('TokenBucket', () => {
  it('starts full and holds no more than its burst', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, 0)
    expect(take(bucket, 0, 5)).toBe(3)
    expect(take(bucket, 60_000, 5)).toBe(3)
  })

  it('refills at its rate, in fractions too', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, 1_000)
    expect(take(bucket, 1_000, 3)).toBe(3)
    expect(bucket.take(1_099)).toBe(false)
    expect(bucket.take(1_100)).toBe(true)
    expect(bucket.take(1_100)).toBe(false)
  })

  it('never gives more than the burst and what the time was worth', () => {
    const rate = { perSecond: 7, burst: 5 }
    fc.assert(
      fc.property(fc.array(fc.nat(400), { maxLength: 200 }), (pauses) => {
        const bucket = new TokenBucket(rate, 0)
        let now = 0
        let given = 0
        for (const pause of pauses) {
          now += pause
          if (bucket.take(now)) given++
        }
        expect(given).toBeLessThanOrEqual(rate.burst + (now / 1000) * rate.perSecond + 1e-6)
      }),
    )
  })
})
