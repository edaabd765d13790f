import { DecodeError } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import { msgpackCodec } from './msgpack-codec.ts'

const hex = (value: object): string => Buffer.from(msgpackCodec.encode(value) as Uint8Array).toString('hex')
const decode = (text: string): unknown => msgpackCodec.decode(new Uint8Array(Buffer.from(text, 'hex')))

/** Each value as the one element of an array, with its bytes behind the head of that array. */
const pairs: readonly (readonly [unknown, string])[] = [
  [null, 'c0'],
  [false, 'c2'],
  [true, 'c3'],
  [0, '00'],
  [127, '7f'],
  [128, 'cc80'],
  [255, 'ccff'],
  [256, 'cd0100'],
  [65_535, 'cdffff'],
  [65_536, 'ce00010000'],
  [4_294_967_295, 'ceffffffff'],
  [4_294_967_296, 'cb41f0000000000000'],
  [-1, 'ff'],
  [-32, 'e0'],
  [-33, 'd0df'],
  [-128, 'd080'],
  [-129, 'd1ff7f'],
  [-32_768, 'd18000'],
  [-32_769, 'd2ffff7fff'],
  [-2_147_483_648, 'd280000000'],
  [-2_147_483_649, 'cbc1e0000000200000'],
  [0.5, 'cb3fe0000000000000'],
  ['', 'a0'],
  ['é', 'a2c3a9'],
  ['x'.repeat(31), `bf${'78'.repeat(31)}`],
  ['x'.repeat(32), `d920${'78'.repeat(32)}`],
  ['x'.repeat(256), `da0100${'78'.repeat(256)}`],
  ['x'.repeat(65_536), `db00010000${'78'.repeat(65_536)}`],
  [Array(16).fill(1), `dc0010${'01'.repeat(16)}`],
  [Array(65_536).fill(1), `dd00010000${'01'.repeat(65_536)}`],
  [{ a: [] }, '81a16190'],
]

describe('msgpackCodec', () => {
  it.each(pairs.map(([value, bytes]) => ({ value, bytes, name: bytes.slice(0, 20) })))(
    'writes and reads $name',
    ({ value, bytes }) => {
      expect(hex([value])).toBe(`91${bytes}`)
      expect(decode(`91${bytes}`)).toEqual([value])
    },
  )

  it('writes and reads maps of more than 15 keys', () => {
    const map = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`k${index}`, index]))
    expect(hex(map)).toMatch(/^de0010/)
    expect(decode(hex(map))).toEqual(map)
  })

  it('leaves out keys without a value, as JSON does', () => {
    expect(hex({ a: undefined, b: [undefined] })).toBe('81a16291c0')
  })

  it('reads what other encoders write: floats of 32 bits, integers of 64', () => {
    expect(decode('93ca3f000000cf0000000000000005d3fffffffffffffffe')).toEqual([0.5, 5, -2])
  })

  it.each([
    ['NaN', { a: NaN }],
    ['Infinity', { a: Infinity }],
    ['bigint', { a: 1n }],
    ['Date', { a: new Date(0) }],
    ['Map', { a: new Map() }],
    ['bytes', { a: new Uint8Array(1) }],
    ['function', { a: () => {} }],
    ['symbol', { a: Symbol('s') }],
    ['__proto__', JSON.parse('{"__proto__":1}') as object],
  ])('does not write %s', (_what, value) => {
    expect(() => msgpackCodec.encode(value)).toThrow(TypeError)
  })

  it.each([
    ['an extension', 'd40001'],
    ['binary', 'c40100'],
    ['the unused type', 'c1'],
    ['NaN', 'cb7ff8000000000000'],
    ['an infinity', 'ca7f800000'],
    ['an integer beyond 2^53', 'cf0020000000000000'],
    ['a key that is not a string', '8101c0'],
    ['the key __proto__', '81a95f5f70726f746f5f5fc0'],
    ['a string that is not UTF-8', 'a1ff'],
    ['bytes behind the value', 'c0c0'],
    ['nothing', ''],
    ['a count beyond the bytes', 'ddffffffff'],
    ['nesting beyond the limit', `${'91'.repeat(69)}c0`],
  ])('does not read %s', (_what, bytes) => {
    expect(() => decode(bytes)).toThrow(DecodeError)
  })

  it('does not read a value that is cut off, wherever the cut is', () => {
    const whole = hex({ a: [1, 300, -70_000, 0.5, 'text', 'x'.repeat(40)], b: { c: null } })
    for (let length = 0; length < whole.length; length += 2) {
      expect(() => decode(whole.slice(0, length))).toThrow(DecodeError)
    }
  })

  it('does not read text', () => {
    expect(() => msgpackCodec.decode('{}')).toThrow(DecodeError)
  })
})
