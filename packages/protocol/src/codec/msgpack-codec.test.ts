import { describe, expect, it } from 'vitest'
import { MAX_DATA_DEPTH } from '../limits.ts'
import { DecodeError } from './codec.ts'
import { msgpackCodec } from './msgpack-codec.ts'

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (byte) => Number.parseInt(byte, 16))

const hex = (payload: string | Uint8Array): string =>
  Array.from(payload as Uint8Array, (byte) => byte.toString(16).padStart(2, '0')).join(' ')

const decode = (text: string): unknown => msgpackCodec.decode(bytes(text))

describe('msgpackCodec', () => {
  it('is named by its subprotocol', () => {
    expect(msgpackCodec).toMatchObject({ name: 'msgpack', subprotocol: 'roomcast.v1.msgpack' })
  })

  it('writes plain maps without keys whose value is undefined', () => {
    expect(hex(msgpackCodec.encode({ a: 1, b: undefined }))).toBe('81 a1 61 01')
    const twice = [{ a: 1 }, { a: 1 }]
    expect(hex(msgpackCodec.encode({ twice }))).toBe('81 a5 74 77 69 63 65 92 81 a1 61 01 81 a1 61 01')
  })

  it('writes what JSON would make of a value, wherever that differs', () => {
    const odd = [
      undefined,
      -0,
      Number.NaN,
      Infinity,
      new Date(0),
      new Map([['a', 1]]),
      new (class Point {
        readonly x = 1
      })(),
      Object.assign([1], { toJSON: () => 'list' }),
      { toJSON: () => 'own' },
      // eslint-disable-next-line no-sparse-arrays -- a hole is no item
      [, 1],
      { f: () => {} },
      Object.create({ inherited: 1 }) as object,
    ]
    for (const value of odd) {
      for (const message of [{ value }, { value: [value] }, { value: { deep: [{ value }] } }])
        expect(hex(msgpackCodec.encode(message)), JSON.stringify(message)).toBe(
          hex(msgpackCodec.encode(JSON.parse(JSON.stringify(message)) as object)),
        )
    }
  })

  it('writes what is nested as deep as JSON allows', () => {
    const deep = (levels: number): unknown => (levels === 0 ? undefined : { in: deep(levels - 1), a: 1 })
    expect(msgpackCodec.decode(msgpackCodec.encode({ deep: deep(20) }))).toEqual(
      JSON.parse(JSON.stringify({ deep: deep(20) })),
    )
  })

  it('puts encoded data last into an envelope', () => {
    expect(hex(msgpackCodec.encodeWithData({ a: 1 }, '[true]'))).toBe('82 a1 61 01 a4 64 61 74 61 91 c3')
  })

  it('refuses an envelope whose head has no room for one more field', () => {
    const fields = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, index]))
    expect(msgpackCodec.decode(msgpackCodec.encodeWithData(fields(14), '0'))).toEqual({
      ...fields(14),
      data: 0,
    })
    for (const count of [15, 16, 100]) {
      expect(() => msgpackCodec.encodeWithData(fields(count), '0')).toThrow(RangeError)
    }
  })

  it.each([
    ['nil', 'c0', null],
    ['false', 'c2', false],
    ['true', 'c3', true],
    ['the largest positive fixint', '7f', 127],
    ['a positive fixint that records would claim', '40', 64],
    ['the smallest negative fixint', 'e0', -32],
    ['uint8', 'cc ff', 255],
    ['uint16', 'cd ff ff', 65535],
    ['uint32', 'ce ff ff ff ff', 4294967295],
    ['uint64', 'cf 00 1f ff ff ff ff ff ff', Number.MAX_SAFE_INTEGER],
    ['a small uint64', 'cf 00 00 00 00 00 00 00 07', 7],
    ['int8', 'd0 80', -128],
    ['int16', 'd1 80 00', -32768],
    ['int32', 'd2 80 00 00 00', -2147483648],
    ['int64', 'd3 ff e0 00 00 00 00 00 01', Number.MIN_SAFE_INTEGER],
    ['float32', 'ca 3f c0 00 00', 1.5],
    ['float64', 'cb 3f b9 99 99 99 99 99 9a', 0.1],
    ['fixstr', 'a3 e2 82 ac', '€'],
    ['str8', 'd9 02 c3 a9', 'é'],
    ['str16', 'da 00 01 61', 'a'],
    ['str32', 'db 00 00 00 01 61', 'a'],
    ['fixarray', '92 01 90', [1, []]],
    ['array16', 'dc 00 01 01', [1]],
    ['array32', 'dd 00 00 00 01 01', [1]],
    ['fixmap', '81 a1 61 80', { a: {} }],
    ['map16', 'de 00 01 a1 61 01', { a: 1 }],
    ['map32 with a str8 key', 'df 00 00 00 01 d9 01 61 01', { a: 1 }],
    ['map with a str16 key', '81 da 00 01 61 01', { a: 1 }],
    ['map with a str32 key', '81 db 00 00 00 01 61 01', { a: 1 }],
  ])('reads %s', (_what, encoded, value) => {
    expect(decode(encoded)).toStrictEqual(value)
  })

  it.each([
    ['nothing', '', 'the value is cut off'],
    ['a second value', '01 02', 'bytes follow the value'],
    ['a string that is cut off', 'a2 61', 'the value is cut off'],
    ['a float that is cut off', 'cb 00 00', 'the value is cut off'],
    ['the byte that is never used', 'c1', "type 0xc1 is not in JSON's model"],
    ['bin8', 'c4 00', "type 0xc4 is not in JSON's model"],
    ['ext8', 'c7 00 01', "type 0xc7 is not in JSON's model"],
    ['ext32 of 2 GB', 'c9 7f ff ff ff 01', "type 0xc9 is not in JSON's model"],
    ['a timestamp', 'd6 ff 00 00 00 00', "type 0xd6 is not in JSON's model"],
    ['a pointer of a cycle', '91 d6 70 00 00 00 00', "type 0xd6 is not in JSON's model"],
    ['a record definition', '92 d4 72 40 91 a1 61', "type 0xd4 is not in JSON's model"],
    ['an array32 of 4 G items', 'dd ff ff ff ff', 'a count exceeds the bytes that are there'],
    ['an array16 of more items than bytes', 'dc 00 03 01 02', 'a count exceeds the bytes that are there'],
    ['a map32 of 4 G entries', 'df ff ff ff ff', 'a count exceeds the bytes that are there'],
    ['a map of more entries than bytes', '82 a1 61', 'a count exceeds the bytes that are there'],
    ['a str32 of 4 GB', 'db ff ff ff ff', 'the value is cut off'],
    ['2^53', 'cf 00 20 00 00 00 00 00 00', 'an integer exceeds 2^53'],
    ['-2^53', 'd3 ff e0 00 00 00 00 00 00', 'an integer exceeds 2^53'],
    ['NaN', 'cb 7f f8 00 00 00 00 00 00', 'a number is not finite'],
    ['infinity as float32', 'ca ff 80 00 00', 'a number is not finite'],
    ['a key that is a number', '81 01 01', 'a key is not a string'],
    ['a key that is nil', '81 c0 01', 'a key is not a string'],
    ['the key __proto__', '81 a9 5f 5f 70 72 6f 74 6f 5f 5f 01', 'the key __proto__ is refused'],
    ['it as str8', '81 d9 09 5f 5f 70 72 6f 74 6f 5f 5f 01', 'the key __proto__ is refused'],
    ['it deep inside', '91 81 a1 61 81 a9 5f 5f 70 72 6f 74 6f 5f 5f 01', 'the key __proto__ is refused'],
  ])('refuses %s', (_what, encoded, reason) => {
    expect(() => decode(encoded)).toThrow(new DecodeError(reason))
  })

  it.each([15, 16, 31, 32, 255, 256, 65_535, 65_536])(
    'gives back strings, lists and maps of %i',
    (length) => {
      const items = Array.from({ length }, (_, index) => index)
      const message = {
        text: 'x'.repeat(length),
        items,
        map: Object.fromEntries(items.map((i) => [`k${i}`, i])),
      }
      expect(msgpackCodec.decode(msgpackCodec.encode(message))).toEqual(message)
    },
  )

  it('refuses a text frame', () => {
    expect(() => msgpackCodec.decode('{}')).toThrow(
      new DecodeError('a MessagePack message must be a binary frame'),
    )
  })

  it('keeps to the end of a string whose last character is cut off', () => {
    expect(decode('92 a1 e2 a2 61 62')).toEqual(['\ufffd', 'ab'])
    expect(decode('82 a1 f0 01 a1 62 02')).toEqual({ '\ufffd': 1, b: 2 })
  })

  it('reads a part of a larger buffer', () => {
    expect(msgpackCodec.decode(bytes('ff ff 91 2a ff').subarray(2, 4))).toEqual([42])
  })

  it('lets data nest as deep as a command may, inside an envelope, and refuses 100 000 levels', () => {
    const deepest = JSON.parse('['.repeat(MAX_DATA_DEPTH) + ']'.repeat(MAX_DATA_DEPTH)) as unknown
    const message = { type: 'reply', id: 1, result: { data: deepest } }
    expect(msgpackCodec.decode(msgpackCodec.encode(message))).toEqual(message)
    const fault = new DecodeError('nested too deeply')
    expect(() => msgpackCodec.decode(new Uint8Array(100_000).fill(0x91))).toThrow(fault)
    expect(() => decode('81 a1 61 '.repeat(100_000) + 'c0')).toThrow(fault)
  })
})
