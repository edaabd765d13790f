import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quote } from './quote.ts'

describe('quote', () => {
  it('writes any string as JSON.stringify does', () => {
    const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: 'binary-ascii' }))
    fc.assert(
      fc.property(texts, (text) => quote(text) === JSON.stringify(text)),
      { numRuns: 2000 },
    )
  })

  it.each([...Array.from({ length: 0x100 }, (_, code) => String.fromCharCode(code)), '\u2028', '\ud800', ''])(
    'writes %j as JSON.stringify does',
    (text) => {
      expect(quote(text)).toBe(JSON.stringify(text))
      expect(quote(`a${text}z`)).toBe(JSON.stringify(`a${text}z`))
    },
  )
})
