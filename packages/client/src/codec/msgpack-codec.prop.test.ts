// The small codec of browsers and the library that servers use must agree on every value, and on what is no value.
import { msgpackCodec as serverCodec } from '@roomcast/protocol/msgpack'
import { DecodeError, type Codec } from '@roomcast/protocol/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { msgpackCodec } from './msgpack-codec.ts'

const message = fc.dictionary(
  fc.string({ unit: 'grapheme' }).filter((key) => key !== '__proto__'),
  fc.oneof(
    fc.jsonValue({ maxDepth: 6 }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
  ),
)

/** JSON has neither -0 nor keys without a value, and takes `__proto__` for a key like any other. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const hasProto = (value: unknown): boolean => JSON.stringify(value).includes('"__proto__":')

function outcome(codec: Codec, bytes: Uint8Array): unknown {
  try {
    return { value: asJson(codec.decode(bytes)) }
  } catch (error) {
    if (error instanceof DecodeError) return 'refused'
    throw error
  }
}

describe('the MessagePack codecs of both ends', () => {
  it.each([
    ['client to server', msgpackCodec, serverCodec],
    ['server to client', serverCodec, msgpackCodec],
    ['client to client', msgpackCodec, msgpackCodec],
  ])('carry every message from %s', (_way, writer, reader) => {
    fc.assert(
      fc.property(message, (value) => {
        fc.pre(!hasProto(value))
        expect(asJson(reader.decode(writer.encode(value)))).toEqual(asJson(value))
      }),
    )
  })

  it('agree on any bytes, and fail in one way only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const client = outcome(msgpackCodec, bytes)
        // The library reads bytes that are not UTF-8 as replacement characters; refusing them is no disagreement.
        if (client !== 'refused') expect(outcome(serverCodec, bytes)).toEqual(client)
      }),
      { numRuns: 2000 },
    )
  })
})
