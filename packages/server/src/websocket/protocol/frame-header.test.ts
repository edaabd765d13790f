import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex, toHex } from '../../testing/websocket/hex.ts'
import {
  decodeHeader,
  encodedHeaderBytes,
  encodeHeader,
  findLeadViolation,
  headerBytes,
  type FrameHeader,
} from './frame-header.ts'

/** Checks both directions at once: the header is these bytes and these bytes are the header. */
function expectHeader(digits: string, header: FrameHeader): void {
  const bytes = hex(digits)
  const length = encodedHeaderBytes(header.payloadBytes, header.maskKey !== undefined)
  const encoded = new Uint8Array(length)
  encodeHeader(encoded, header)
  expect(toHex(encoded)).toBe(toHex(bytes))
  expect(decodeHeader(bytes)).toEqual(header)
  expect(headerBytes(bytes[1]!)).toBe(length)
}

const text = { isFinal: true, isCompressed: false, opcode: 1, maskKey: undefined }
const maskedBinary = { isFinal: false, isCompressed: false, opcode: 2, maskKey: 0x37fa213d }

describe('frame headers (RFC 6455 §5.2)', () => {
  it('holds lengths up to 125 in the second byte', () => {
    expectHeader('8100', { ...text, payloadBytes: 0 })
    expectHeader('817d', { ...text, payloadBytes: 125 })
    expectHeader('028537fa213d', { ...maskedBinary, payloadBytes: 5 })
  })

  it('holds lengths up to 65 535 in 16 bits', () => {
    expectHeader('817e007e', { ...text, payloadBytes: 126 })
    expectHeader('817effff', { ...text, payloadBytes: 65_535 })
    expectHeader('02fe010037fa213d', { ...maskedBinary, payloadBytes: 256 })
  })

  it('holds longer lengths in 64 bits', () => {
    expectHeader('817f0000000000010000', { ...text, payloadBytes: 65_536 })
    expectHeader('82ff001fffffffffffff80000001', {
      isFinal: true,
      isCompressed: false,
      opcode: 2,
      payloadBytes: Number.MAX_SAFE_INTEGER,
      maskKey: 0x80000001,
    })
  })

  it('refuses lengths that are not encoded in the fewest bytes', () => {
    expect(decodeHeader(hex('817e007d'))).toMatchObject({ code: 'WS_LENGTH_NOT_MINIMAL', closeCode: 1002 })
    expect(decodeHeader(hex('817f000000000000ffff'))).toMatchObject({ code: 'WS_LENGTH_NOT_MINIMAL' })
  })

  it('refuses lengths with the most significant bit set, and those beyond exact numbers', () => {
    expect(decodeHeader(hex('817f8000000000000000'))).toMatchObject({ closeCode: 1002 })
    expect(decodeHeader(hex('817fffffffffffffffff'))).toMatchObject({ closeCode: 1002 })
    expect(decodeHeader(hex('817f7fffffffffffffff'))).toMatchObject({ closeCode: 1009 })
    expect(decodeHeader(hex('817f0020000000000000'))).toMatchObject({ closeCode: 1009 })
  })

  it('is the same after encoding and decoding, for any header', () => {
    const header = fc.record({
      isFinal: fc.boolean(),
      isCompressed: fc.boolean(),
      opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
      payloadBytes: fc.oneof(fc.nat(200), fc.nat(70_000), fc.maxSafeNat()),
      maskKey: fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { nil: undefined }),
    })
    fc.assert(
      fc.property(header, (value) => {
        const bytes = new Uint8Array(encodedHeaderBytes(value.payloadBytes, value.maskKey !== undefined))
        encodeHeader(bytes, value)
        expect(decodeHeader(bytes)).toEqual(value)
      }),
    )
  })
})

const server = { receiver: 'server', allowsCompression: false } as const

describe('the first two bytes', () => {
  it.each([
    ['RSV1', 0xc1, 0x80, 'WS_RESERVED_BITS'],
    ['RSV2', 0xa1, 0x80, 'WS_RESERVED_BITS'],
    ['RSV3', 0x91, 0x80, 'WS_RESERVED_BITS'],
    ['RSV1 on a fragmented control frame', 0x49, 0x80, 'WS_RESERVED_BITS'],
    ['opcode 3', 0x83, 0x80, 'WS_RESERVED_OPCODE'],
    ['opcode 7', 0x87, 0x80, 'WS_RESERVED_OPCODE'],
    ['opcode 11', 0x8b, 0x80, 'WS_RESERVED_OPCODE'],
    ['opcode 15', 0x8f, 0x80, 'WS_RESERVED_OPCODE'],
    ['a fragmented ping', 0x09, 0x80, 'WS_CONTROL_FRAGMENTED'],
    ['a ping with a 16-bit length', 0x89, 0xfe, 'WS_CONTROL_TOO_LONG'],
    ['a close with a 64-bit length', 0x88, 0xff, 'WS_CONTROL_TOO_LONG'],
    ['an unmasked text', 0x81, 0x05, 'WS_UNMASKED'],
    ['an unmasked pong', 0x8a, 0x00, 'WS_UNMASKED'],
  ])('are enough to refuse %s from a client', (_, first, second, code) => {
    expect(findLeadViolation(first, second, server)).toMatchObject({ code, closeCode: 1002 })
  })

  it('are enough to refuse a masked frame from a server', () => {
    const client = { receiver: 'client', allowsCompression: false } as const
    expect(findLeadViolation(0x81, 0x80, client)).toMatchObject({ code: 'WS_MASKED', closeCode: 1002 })
    expect(findLeadViolation(0x81, 0x00, client)).toBeUndefined()
  })

  it.each([
    ['a text', 0xc1, undefined],
    ['the first fragment of a binary', 0x42, undefined],
    ['a continuation', 0xc0, 'WS_MISPLACED_COMPRESSION'],
    ['a ping', 0xc9, 'WS_MISPLACED_COMPRESSION'],
    ['a fragmented ping', 0x49, 'WS_MISPLACED_COMPRESSION'],
    ['a reserved opcode', 0xc3, 'WS_MISPLACED_COMPRESSION'],
    ['a text with RSV2 too', 0xe1, 'WS_RESERVED_BITS'],
  ])('say that %s is compressed where that was agreed on (RFC 7692 §6)', (_, first, code) => {
    const violation = findLeadViolation(first, 0x80, { receiver: 'server', allowsCompression: true })
    expect(violation?.code).toBe(code)
  })
})
