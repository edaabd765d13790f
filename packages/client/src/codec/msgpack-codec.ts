// Messages as MessagePack in binary frames, for browsers: a fraction of the size of a general library.
import { DecodeError, SUBPROTOCOLS, type Codec } from '@roomcast/protocol/wire'
import { MsgpackDecoder } from './msgpack-decoder.ts'
import { MsgpackEncoder } from './msgpack-encoder.ts'

/** Pass it as `codec` to `createClient`. */
export const msgpackCodec: Codec = {
  name: 'msgpack',
  subprotocol: SUBPROTOCOLS.msgpack,
  encode(message) {
    const encoder = new MsgpackEncoder()
    encoder.value(message)
    return encoder.bytes
  },
  decode(payload) {
    if (typeof payload === 'string') throw new DecodeError('a MessagePack message must be a binary frame')
    const decoder = new MsgpackDecoder(payload)
    const value = decoder.value()
    if (!decoder.isAtEnd) throw new DecodeError('bytes follow the value')
    return value
  },
}
