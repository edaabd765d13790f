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

/** What is nested deeper is not looked at, so that nothing here can run out of stack. */
const MAX_PLAIN_DEPTH = 16

/** Whether `JSON.stringify` would change nothing: only finite numbers, strings, booleans, null, arrays and plain objects. */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (typeof value !== 'object' || depth === 0) return false
  if ('toJSON' in value) return false
  if (Array.isArray(value)) {
    // Not `every`, which leaves out holes.
    for (const item of value) if (!isPlain(item, depth - 1)) return false
    return true
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  for (const key in value) if (!isPlain((value as Record<string, unknown>)[key], depth - 1)) return false
  return true
}

/** JSON's model, as `JSON.stringify` sees it: no `undefined`, dates as strings. Messages mostly are that already. */
const toJsonModel = (value: unknown): unknown =>
  isPlain(value, MAX_PLAIN_DEPTH) ? value : (JSON.parse(JSON.stringify(value)) as unknown)

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
