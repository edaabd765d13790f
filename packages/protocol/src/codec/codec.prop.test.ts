import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DecodeError, type Payload, type SplicingCodec } from './codec.ts'
import { jsonCodec } from './json-codec.ts'
import { msgpackCodec } from './msgpack-codec.ts'

const codecs: readonly SplicingCodec[] = [jsonCodec, msgpackCodec]

/** Keys of every length that MessagePack writes in its own way, and the one that is refused. */
const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', '', 'x'.repeat(32), 'é'.repeat(128)),
)
const leaf = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    0,
    -0,
    63,
    64,
    127,
    128,
    -32,
    -33,
    2 ** 32,
    2 ** 53 - 1,
    -(2 ** 53) + 1,
    1e308,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.maxSafeInteger(),
  key,
)

/** Any JSON value, without lone surrogates, which UTF-8 cannot hold. */
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'json' },
    leaf,
    fc.array(tie('value'), { maxLength: 20, depthIdentifier: 'json' }),
    fc.dictionary(key, tie('value'), { maxKeys: 20, depthIdentifier: 'json', noNullPrototype: true }),
  ),
})).value

const envelope = fc.record(
  {
    type: fc.constant('publication'),
    room: key,
    offset: fc.nat(),
    from: json,
    time: fc.option(fc.nat(), { nil: undefined }),
  },
  { requiredKeys: ['type'] },
)

/** What JSON makes of a value: the model that both codecs share. */
const inJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown

const holdsProto = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.hasOwn(value, '__proto__') || Object.values(value).some(holdsProto))

const isJson = (value: unknown): boolean =>
  value === null ||
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  Number.isFinite(value) ||
  (Array.isArray(value)
    ? value.every(isJson)
    : typeof value === 'object' &&
      Object.getPrototypeOf(value) === Object.prototype &&
      Object.values(value).every(isJson))

/** The decoded value, or the error if it is the documented one. */
function attempt(codec: SplicingCodec, payload: Payload): unknown {
  try {
    return codec.decode(payload)
  } catch (error) {
    if (error instanceof DecodeError) return error
    throw error
  }
}

describe.each(codecs)('the $name codec', (codec) => {
  it('gives back what JSON makes of a message, or refuses its __proto__', () => {
    fc.assert(
      fc.property(json, (data) => {
        const decoded = attempt(codec, codec.encode({ data }))
        if (holdsProto(data)) expect(decoded).toBeInstanceOf(DecodeError)
        else {
          expect(decoded).toEqual(inJson({ data }))
          expect(isJson(decoded)).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('splices data into an envelope as if it had encoded the whole', () => {
    fc.assert(
      fc.property(envelope, json, (fields, data) => {
        const spliced = codec.encodeWithData(fields, JSON.stringify(data))
        expect([...spliced]).toEqual([...codec.encode({ ...fields, data })])
      }),
    )
  })
})

describe('decoding what a peer made up', () => {
  it('gives JSON or a DecodeError for any text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((whole) => whole.slice(1)),
    )
    fc.assert(
      fc.property(text, (payload) => {
        const decoded = attempt(jsonCodec, payload)
        expect(decoded instanceof DecodeError || isJson(decoded)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('gives JSON or a DecodeError for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (payload) => {
        const decoded = attempt(msgpackCodec, payload)
        expect(decoded instanceof DecodeError || isJson(decoded)).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })

  it('gives JSON or a DecodeError for any message with some bytes replaced', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(json, damage, (data, replaced) => {
        const payload = Uint8Array.from(msgpackCodec.encode({ data }) as Uint8Array)
        for (const [at, byte] of replaced) payload[at % payload.length] = byte
        const decoded = attempt(msgpackCodec, payload)
        expect(decoded instanceof DecodeError || isJson(decoded)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('takes time in proportion to the bytes, whichever byte they repeat', () => {
    for (let byte = 0; byte <= 255; byte++) {
      const payload = new Uint8Array(100_000).fill(byte)
      payload.set([0xdd, 0x00, 0x01, 0x86, 0x9b]) // an array of as many items as bytes are left
      const start = Date.now()
      attempt(msgpackCodec, payload)
      // A walk that were quadratic would take minutes; the bound leaves room for a busy machine.
      expect(Date.now() - start, `0x${byte.toString(16)}`).toBeLessThan(1000)
    }
  })
})
