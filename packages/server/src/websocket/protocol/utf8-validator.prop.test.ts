import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../testing/websocket/hex.ts'
import { Utf8Validator } from './utf8-validator.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

function platformAccepts(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Text, bytes that are nearly text, and bytes that are not. */
const bytes = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }).map(utf8),
  fc.uint8Array({ maxLength: 40 }),
  fc
    .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }).map(utf8), fc.nat(), fc.nat(255))
    .map(([text, position, byte]) =>
      text.map((old, index) => (index === position % text.length ? byte : old)),
    ),
)

describe('Utf8Validator, for any bytes in any pieces', () => {
  it('agrees with the decoder of the platform', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (input, sizes) => {
        const validator = new Utf8Validator()
        let isValid = true
        for (let offset = 0, turn = 0; offset < input.length && isValid; turn++) {
          const size = sizes[turn % sizes.length]!
          isValid = validator.push(input.subarray(offset, offset + size))
          offset += size
        }
        expect(isValid && validator.isComplete).toBe(platformAccepts(input))
      }),
      { numRuns: 2000 },
    )
  })
})
