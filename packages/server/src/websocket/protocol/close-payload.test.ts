import { describe, expect, it } from 'vitest'
import { hex, toHex, utf8 } from '../../testing/websocket/hex.ts'
import { assertClosable, decodeClosePayload, encodeClosePayload, type CloseInfo } from './close-payload.ts'

function expectPayload(digits: string, info: CloseInfo): void {
  expect(toHex(encodeClosePayload(info))).toBe(digits)
  expect(decodeClosePayload(hex(digits))).toEqual(info)
}

describe('the payload of Close (RFC 6455 §5.5.1, §7.4)', () => {
  it('is a code and a reason, or nothing', () => {
    expectPayload('', { code: 1005, reason: '' })
    expectPayload('03e8', { code: 1000, reason: '' })
    expectPayload('0fa0e282ac', { code: 4000, reason: '€' })
    expectPayload('03e8efbbbf61', { code: 1000, reason: '\ufeffa' })
  })

  it('is refused with half a code', () => {
    expect(decodeClosePayload(hex('03'))).toMatchObject({ code: 'WS_CLOSE_PAYLOAD', closeCode: 1002 })
  })

  it.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])(
    'may have the code %i',
    (code) => {
      expect(decodeClosePayload(Uint8Array.of(code >> 8, code))).toEqual({ code, reason: '' })
    },
  )

  it.each([0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])(
    'may not have the code %i',
    (code) => {
      expect(decodeClosePayload(Uint8Array.of(code >> 8, code))).toMatchObject({ closeCode: 1002 })
    },
  )

  it('is refused with a reason that is not UTF-8 or ends within a character', () => {
    expect(decodeClosePayload(hex('03e8 ff'))).toMatchObject({ closeCode: 1007 })
    expect(decodeClosePayload(hex('03e8 e282'))).toMatchObject({ closeCode: 1007 })
  })

  it('has at most 123 bytes of reason', () => {
    expect(encodeClosePayload({ code: 1000, reason: 'x'.repeat(123) })).toHaveLength(125)
    expect(() => encodeClosePayload({ code: 1000, reason: 'x'.repeat(124) })).toThrow(RangeError)
    expect(utf8('é'.repeat(62))).toHaveLength(124)
    expect(() => encodeClosePayload({ code: 1000, reason: 'é'.repeat(62) })).toThrow(RangeError)
  })

  it.each([0, 999, 1004, 1005, 1006, 1010, 1015, 2999, 5000, 1000.5, NaN])(
    'is never sent with %d',
    (code) => {
      expect(() => assertClosable(code)).toThrow(RangeError)
    },
  )
})
