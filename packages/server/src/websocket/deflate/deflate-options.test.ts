import { describe, expect, it } from 'vitest'
import { DEFAULT_DEFLATE_OPTIONS, resolveDeflateOptions, type DeflateOptions } from './deflate-options.ts'

describe('The options of compression', () => {
  it('are the defaults where nothing is said', () => {
    expect(resolveDeflateOptions(true)).toEqual(DEFAULT_DEFLATE_OPTIONS)
    const nothing = { level: undefined } as unknown as Partial<DeflateOptions>
    expect(resolveDeflateOptions(nothing)).toEqual(DEFAULT_DEFLATE_OPTIONS)
    expect(resolveDeflateOptions({ level: 1, thresholdBytes: Infinity, maxInflateRatio: Infinity })).toEqual({
      ...DEFAULT_DEFLATE_OPTIONS,
      level: 1,
      thresholdBytes: Infinity,
      maxInflateRatio: Infinity,
    })
  })

  it.each<[Partial<DeflateOptions>, string]>([
    [{ maxWindowBits: 8 }, 'deflate.maxWindowBits must be an integer from 9 to 15, not 8.'],
    [{ maxWindowBits: 16 }, 'deflate.maxWindowBits must be an integer from 9 to 15, not 16.'],
    [{ peerMaxWindowBits: 7 }, 'deflate.peerMaxWindowBits must be an integer from 8 to 15, not 7.'],
    [{ level: 2.5 }, 'deflate.level must be an integer from 0 to 9, not 2.5.'],
    [{ memLevel: NaN }, 'deflate.memLevel must be an integer from 1 to 9, not NaN.'],
    [{ thresholdBytes: -1 }, 'deflate.thresholdBytes must be at least 0, not -1.'],
    [{ maxInflateRatio: 0 }, 'deflate.maxInflateRatio must be at least 1, not 0.'],
  ])('refuse %o', (options, message) => {
    expect(() => resolveDeflateOptions(options)).toThrow(new RangeError(message))
  })

  it('refuse what they cannot mean, and say what there is', () => {
    const resolve = (options: unknown) => resolveDeflateOptions(options as Partial<DeflateOptions>)
    expect(() => resolve('yes')).toThrow(
      new TypeError('deflate must be true, false or an object of options.'),
    )
    expect(() => resolve(null)).toThrow(TypeError)
    expect(() => resolve({ treshold: 1 })).toThrow(
      'deflate has no option "treshold"; there are contextTakeover,',
    )
    expect(() => resolve({ level: '6' })).toThrow(new TypeError('deflate.level must be a number.'))
    expect(() => resolve({ contextTakeover: 1 })).toThrow('deflate.contextTakeover must be true or false.')
  })
})
