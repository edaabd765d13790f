// Messages as JSON in text frames.
import type { SUBPROTOCOLS } from '../version.ts'
import { DecodeError, type SplicingCodec } from './codec.ts'

/** Finds texts in which a key `__proto__` may hide, also with any of its letters (_ o p r t) written as an escape. */
const MAY_HOLD_PROTO = /__proto__|\\u00(?:5f|6f|7[024])/i

/** An object with an own key `__proto__` changes its prototype when it is copied carelessly, so it is refused. */
function refuseProto(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new DecodeError('the key __proto__ is refused')
  return value
}

/** The default codec. */
export const jsonCodec: SplicingCodec = {
  name: 'json',
  // Written out so that the other codec's token stays out of the client's bundle; the compiler compares.
  subprotocol: 'roomcast.v1.json' satisfies typeof SUBPROTOCOLS.json,
  encode: (message) => JSON.stringify(message),
  encodeWithData: (envelope, json) => `${JSON.stringify(envelope).slice(0, -1)},"data":${json}}`,
  decode(payload) {
    if (typeof payload !== 'string') throw new DecodeError('a JSON message must be a text frame')
    try {
      return JSON.parse(payload, MAY_HOLD_PROTO.test(payload) ? refuseProto : undefined) as unknown
    } catch (cause) {
      if (cause instanceof DecodeError) throw cause
      throw new DecodeError('not valid JSON', { cause })
    }
  },
}
