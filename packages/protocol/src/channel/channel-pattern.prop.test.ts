import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChannelPattern } from './channel-pattern.ts'

/** A small alphabet, so that every name of at most three segments can be tried. */
const LITERALS = ['a', 'b']
const NAMES = [1, 2, 3].flatMap((length) => words(length))

/** All names of `length` segments; `z` stands for every value that no literal has. */
function words(length: number): readonly string[][] {
  if (length === 0) return [[]]
  return words(length - 1).flatMap((rest) => [...LITERALS, 'z'].map((segment) => [segment, ...rest]))
}

const pattern = fc
  .array(fc.constantFrom(...LITERALS, undefined), { minLength: 1, maxLength: 3 })
  .map((parts) => new ChannelPattern(parts.map((part, index) => part ?? `{p${index}}`).join(':')))

describe('overlaps', () => {
  it('agrees with trying every name', () => {
    fc.assert(
      fc.property(pattern, pattern, (a, b) => {
        const shared = NAMES.some((name) => a.match(name) !== undefined && b.match(name) !== undefined)
        expect(a.overlaps(b)).toBe(shared)
      }),
    )
  })

  it('is symmetric, and every pattern overlaps itself', () => {
    fc.assert(
      fc.property(pattern, pattern, (a, b) => {
        expect(a.overlaps(b)).toBe(b.overlaps(a))
        expect(a.overlaps(a)).toBe(true)
      }),
    )
  })
})

describe('match', () => {
  it('never throws, and finds one non-empty value per parameter', () => {
    fc.assert(
      fc.property(pattern, fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 }), (subject, parts) => {
        const params = subject.match(parts)
        if (params === undefined) return
        expect(Object.keys(params)).toEqual([...subject.params])
        expect(Object.values(params)).not.toContain('')
      }),
    )
  })
})
