import { msgpackCodec } from '@roomcast/protocol/msgpack'
import { jsonCodec } from '@roomcast/protocol/wire'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { acknowledge } from './acknowledgement.ts'

describe('acknowledge', () => {
  it('writes what the codec writes of the reply', () => {
    const number = fc.oneof(
      fc.nat(),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    )
    const epoch = fc.oneof(fc.string(), fc.string({ unit: 'binary' }))
    const position = fc.record({ epoch, offset: number, tag: number })
    fc.assert(
      fc.property(number, position, (id, at) =>
        [jsonCodec, msgpackCodec].every((codec) => {
          const whole = codec.encode({ type: 'reply', id, result: { position: at } })
          return String(acknowledge(codec, id, at)) === String(whole)
        }),
      ),
      { numRuns: 1000 },
    )
  })
})
