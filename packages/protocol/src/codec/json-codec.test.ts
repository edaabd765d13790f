import { describe, expect, it } from 'vitest'
import { DecodeError } from './codec.ts'
import { jsonCodec } from './json-codec.ts'

describe('jsonCodec', () => {
  it('is named by its subprotocol', () => {
    expect(jsonCodec).toMatchObject({ name: 'json', subprotocol: 'roomcast.v1.json' })
  })

  it('writes text, without keys whose value is undefined', () => {
    expect(jsonCodec.encode({ a: 1, b: undefined, c: [undefined] })).toBe('{"a":1,"c":[null]}')
  })

  it('puts encoded data last into an envelope', () => {
    expect(jsonCodec.encodeWithData({ type: 'x' }, '[1, 2]')).toBe('{"type":"x","data":[1, 2]}')
  })

  it.each(['', '{', '[1,]', 'undefined', 'NaN', "{'a':1}", '1 2', '\u{feff}1', '"\n"'])(
    'refuses %j',
    (text) => {
      expect(() => jsonCodec.decode(text)).toThrow(new DecodeError('not valid JSON'))
    },
  )

  it('refuses a binary frame', () => {
    expect(() => jsonCodec.decode(Uint8Array.of(0x31))).toThrow(
      new DecodeError('a JSON message must be a text frame'),
    )
  })

  it.each([
    '{"__proto__":{}}',
    '[{"a":{"__proto__":1}}]',
    String.raw`{"\u005f_proto__":1}`,
    String.raw`{"__\u0070roto__":1}`,
    String.raw`{"__p\u0072oto__":1}`,
    String.raw`{"__pr\u006Fto__":1}`,
    String.raw`{"__pro\u0074o__":1}`,
    String.raw`{"__proto\u005F\u005f":1}`,
  ])('refuses the key __proto__ in %s', (text) => {
    expect(() => jsonCodec.decode(text)).toThrow(new DecodeError('the key __proto__ is refused'))
  })

  it('lets __proto__ stand in a value, and near-misses in keys', () => {
    const text = String.raw`{"key":"__proto__","__proto":"\u005f","constructor":{"prototype":1}}`
    expect(jsonCodec.decode(text)).toEqual({ key: '__proto__', __proto: '_', constructor: { prototype: 1 } })
  })

  it('survives 100 000 levels, also when it has to look at every key', () => {
    const deep = '['.repeat(100_000)
    expect(() => jsonCodec.decode(deep)).toThrow(DecodeError)
    expect(() => jsonCodec.decode(`["__proto__",${deep}${']'.repeat(100_001)}`)).toThrow(DecodeError)
  })
})
