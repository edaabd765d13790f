import { describe, expect, it } from 'vitest'
import { checkLimits } from './check-limits.ts'

const DEFAULTS = { maxBytes: 100, rate: { perSecond: 10, burst: 20 } }
const RATE = '`limits.rate` must be a rate { perSecond, burst }, both numbers that are zero or more, not'

describe('checkLimits', () => {
  it('fills in the defaults for what is not set', () => {
    expect(checkLimits('limits', undefined, DEFAULTS)).toEqual(DEFAULTS)
    expect(checkLimits('limits', { maxBytes: 0 }, DEFAULTS)).toEqual({ ...DEFAULTS, maxBytes: 0 })
    const unset = { maxBytes: undefined } as unknown as Partial<typeof DEFAULTS>
    expect(checkLimits('limits', unset, DEFAULTS)).toEqual(DEFAULTS)
  })

  it('lets Infinity turn a limit off', () => {
    const off = { maxBytes: Infinity, rate: { perSecond: Infinity, burst: Infinity } }
    expect(checkLimits('limits', off, DEFAULTS)).toEqual(off)
  })

  it.each([
    [{ maxBites: 1 }, '`limits` has no option "maxBites"; there are maxBytes, rate.'],
    [{ maxBytes: NaN }, '`limits.maxBytes` must be a number that is zero or more, not NaN.'],
    [{ maxBytes: -1 }, '`limits.maxBytes` must be a number that is zero or more, not -1.'],
    [{ maxBytes: null }, '`limits.maxBytes` must be a number that is zero or more, not null.'],
    [{ maxBytes: '1' }, '`limits.maxBytes` must be a number that is zero or more, not "1".'],
    [
      { maxBytes: { perSecond: 1, burst: 1 } },
      '`limits.maxBytes` must be a number that is zero or more, not { perSecond: 1, burst: 1 }.',
    ],
    [{ rate: 5 }, `${RATE} 5.`],
    [{ rate: null }, `${RATE} null.`],
    [{ rate: { perSecond: 1 } }, `${RATE} { perSecond: 1 }.`],
    [{ rate: { perSecond: NaN, burst: 1 } }, `${RATE} { perSecond: NaN, burst: 1 }.`],
    [{ rate: [1, 2] }, `${RATE} [1,2].`],
    ['strict', '`limits` takes an object of options, not "strict".'],
  ])('refuses %o and says what is wanted', (given, message) => {
    expect(() => checkLimits('limits', given as Partial<typeof DEFAULTS>, DEFAULTS)).toThrow(
      new TypeError(message),
    )
  })
})
