// Messages as payloads and back, written against §2 and sharing nothing with our codecs.
import { Packr } from 'msgpackr'
import { Mismatch, show } from '../conformance/check.ts'

export type CodecName = 'json' | 'msgpack'

/** What a WebSocket message carries: a text frame's string or a binary frame's bytes. */
export type Payload = string | Uint8Array

/** A codec of §2. */
export interface WireCodec {
  readonly name: CodecName
  readonly subprotocol: string
  encode(value: unknown): Payload
  /** @throws {Mismatch} for what a server must not send. */
  decode(bytes: Buffer, isBinary: boolean): unknown
}

const packr = new Packr({
  useRecords: false,
  mapsAsObjects: true,
  variableMapSize: true,
  int64AsType: 'number',
})

const json: WireCodec = {
  name: 'json',
  subprotocol: 'roomcast.v1.json',
  encode: (value) => JSON.stringify(value),
  decode(bytes, isBinary) {
    if (isBinary) throw new Mismatch('a text frame', show(bytes))
    return parse('JSON', () => JSON.parse(bytes.toString()) as unknown, bytes)
  },
}

const msgpack: WireCodec = {
  name: 'msgpack',
  subprotocol: 'roomcast.v1.msgpack',
  encode: (value) => packr.pack(value),
  decode(bytes, isBinary) {
    if (!isBinary) throw new Mismatch('a binary frame', show(bytes.toString()))
    const value = parse('MessagePack', () => packr.unpack(bytes) as unknown, bytes)
    if (!isJsonModel(value)) throw new Mismatch("MessagePack within JSON's model", show(bytes))
    return value
  },
}

/** By name. */
export const CODECS: Readonly<Record<CodecName, WireCodec>> = { json, msgpack }

export const isCodecName = (name: string): name is CodecName => Object.hasOwn(CODECS, name)

function parse(what: string, read: () => unknown, bytes: Uint8Array): unknown {
  try {
    return read()
  } catch {
    throw new Mismatch(what, show(bytes))
  }
}

/** Whether a decoder found nothing but what JSON has. */
function isJsonModel(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isJsonModel)
  return (
    typeof value === 'object' &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every(isJsonModel)
  )
}

/** A payload with one text written instead of another, in MessagePack one of the same length: what no encoder would write. */
export function withText(payload: Payload, text: string, instead: string): Payload {
  if (typeof payload === 'string') return payload.replace(text, instead)
  return Buffer.from(Buffer.from(payload).toString('latin1').replace(text, instead), 'latin1')
}
