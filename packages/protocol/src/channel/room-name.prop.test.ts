import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_ROOM_NAME_BYTES } from '../limits.ts'
import { ChannelPattern } from './channel-pattern.ts'
import { decodeSegment, formatRoomName } from './room-name.ts'

/** Any text that has a UTF-8 form and fits; one code point becomes at most twelve bytes. */
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 10 })

/** Texts that look like segments, valid or nearly so. */
const nearSegment = fc
  .array(fc.oneof(fc.constantFrom('%', '%4', '%41', '%C3', '%A9', '%c3', '%20', ' ', ':'), text), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''))

describe('room names', () => {
  it('give back the parameters they were made of', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const name = formatRoomName('x:{a}:{b}', { a, b })
        expect({ ...new ChannelPattern('x:{a}:{b}').match(name.split(':')) }).toEqual({ a, b })
      }),
    )
  })

  it('are ASCII within the limit and differ when a parameter differs', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const name = formatRoomName('{a}:{b}', { a, b })
        expect(name).toMatch(/^([A-Za-z0-9._~-]|%[0-9A-F]{2})+:([A-Za-z0-9._~-]|%[0-9A-F]{2})+$/)
        expect(name.length).toBeLessThanOrEqual(MAX_ROOM_NAME_BYTES)
        expect(name === formatRoomName('{a}:{b}', { a: b, b: a })).toBe(a === b)
      }),
    )
  })

  it('have one way to write a value: what decodes encodes to itself', () => {
    fc.assert(
      fc.property(nearSegment, (segment) => {
        const value = decodeSegment(segment)
        if (value !== undefined) expect(formatRoomName('{value}', { value })).toBe(segment)
      }),
    )
  })
})
