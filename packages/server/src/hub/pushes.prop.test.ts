import { jsonCodec } from '@roomcast/protocol/wire'
import { msgpackCodec } from '@roomcast/protocol/msgpack'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { publicationEnvelope, publicationPush } from './pushes.ts'

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }))
const number = fc.oneof(fc.nat(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))
const stored = fc.record({
  id: text,
  event: text,
  from: fc.option(fc.record({ userId: text, clientId: text }), { nil: undefined }),
  json: fc.json(),
  offset: number,
  tag: number,
  time: number,
})

describe('publicationPush', () => {
  it('writes by hand what the JSON codec would write', () => {
    fc.assert(
      fc.property(text, stored, (room, publication) => {
        const envelope = publicationEnvelope(room, publication)
        expect(publicationPush(room, publication).in(jsonCodec).payload).toBe(
          jsonCodec.encodeWithData(envelope, publication.json),
        )
      }),
      { numRuns: 1000 },
    )
  })

  it('means the same in the other codec', () => {
    const publication = { id: 'i', event: 'e', from: undefined, json: '[1]', offset: 1, tag: 2, time: 3 }
    const push = publicationPush('r', publication)
    expect(msgpackCodec.decode(push.in(msgpackCodec).payload)).toEqual(
      jsonCodec.decode(push.in(jsonCodec).payload),
    )
  })
})
