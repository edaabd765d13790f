// Messages as MessagePack in binary frames, for servers. Browsers have a smaller codec of their own.
import { Packr } from 'msgpackr'
import { SUBPROTOCOLS } from '../version.ts'
import { DecodeError, type SplicingCodec } from './codec.ts'
import { findMsgpackFault } from './msgpack-check.ts'

// No records, no extensions: what leaves here can be read by any MessagePack library.
const packr = new Packr({
  useRecords: false,
  mapsAsObjects: true,
  variableMapSize: true,
  encodeUndefinedAsNil: true,
  useFloat32: 0,
  int64AsType: 'number',
})

/** JSON's model, as `JSON.stringify` sees it: no `undefined`, dates as strings. */
const toJsonModel = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown

/** `data` as a MessagePack key. */
const DATA_KEY = Uint8Array.of(0xa4, 0x64, 0x61, 0x74, 0x61)

/** The MessagePack codec of servers. */
export const msgpackCodec: SplicingCodec = {
  name: 'msgpack',
  subprotocol: SUBPROTOCOLS.msgpack,
  encode: (message) => packr.pack(toJsonModel(message)) as Uint8Array,
  encodeWithData(envelope, json) {
    const head = packr.pack(toJsonModel(envelope)) as Uint8Array
    const data = packr.pack(JSON.parse(json)) as Uint8Array
    // An envelope has few fields, so its head is one byte, 0x80 | count: one more field is one more in that byte.
    if ((head[0]! & 0xf0) !== 0x80 || head[0] === 0x8f)
      throw new RangeError('an envelope has at most 14 fields')
    const bytes = new Uint8Array(head.length + DATA_KEY.length + data.length)
    bytes.set(head)
    bytes[0] = head[0]! + 1
    bytes.set(DATA_KEY, head.length)
    bytes.set(data, head.length + DATA_KEY.length)
    return bytes
  },
  decode(payload) {
    if (typeof payload === 'string') throw new DecodeError('a MessagePack message must be a binary frame')
    const fault = findMsgpackFault(payload)
    if (fault !== undefined) throw new DecodeError(fault)
    try {
      return packr.unpack(payload) as unknown
    } catch (cause) {
      throw new DecodeError('not valid MessagePack', { cause })
    }
  },
}
