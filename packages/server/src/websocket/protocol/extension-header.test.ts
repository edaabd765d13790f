import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseExtensions } from './extension-header.ts'

describe('Sec-WebSocket-Extensions (RFC 6455 §9.1)', () => {
  it('is a list of names with parameters, over any number of fields', () => {
    expect(parseExtensions([])).toEqual([])
    expect(parseExtensions(['a ; b=1; c , d', '\te;f="g" '])).toEqual([
      {
        name: 'a',
        parameters: [
          { name: 'b', value: '1' },
          { name: 'c', value: undefined },
        ],
      },
      { name: 'd', parameters: [] },
      { name: 'e', parameters: [{ name: 'f', value: 'g' }] },
    ])
  })

  it('unescapes a quoted value, which must then be a token', () => {
    expect(parseExtensions(['a; b="1\\0"'])).toEqual([
      { name: 'a', parameters: [{ name: 'b', value: '10' }] },
    ])
    expect(parseExtensions(['a; b="1 0"'])).toBeUndefined()
    expect(parseExtensions(['a; b=""'])).toBeUndefined()
  })

  it('keeps repeated and special names apart', () => {
    expect(parseExtensions(['__proto__; constructor; constructor=1'])).toEqual([
      {
        name: '__proto__',
        parameters: [
          { name: 'constructor', value: undefined },
          { name: 'constructor', value: '1' },
        ],
      },
    ])
  })

  it.each([
    '',
    ',',
    'a,',
    ',a',
    'a;',
    'a;;b',
    'a; b=',
    'a; =b',
    'a b',
    'a; b c',
    'a; b="c',
    'a; b="c\\',
    'a; b="c"d',
    'é',
  ])('refuses %j', (field) => {
    expect(parseExtensions([field])).toBeUndefined()
  })

  it('takes or refuses any text without throwing', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '=', ';', ',', '"', '\\', ' ', 'é') })
    fc.assert(
      fc.property(text, (field) => {
        const offers = parseExtensions([field])
        expect(offers === undefined || offers.every(({ name }) => /^[ab]+$/.test(name))).toBe(true)
      }),
    )
  })
})
