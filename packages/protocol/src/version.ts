// What names this protocol on the wire.

/** The version of the wire protocol; it is part of the subprotocol tokens. */
export const PROTOCOL_VERSION = 1

/** The `Sec-WebSocket-Protocol` token of each codec. */
export const SUBPROTOCOLS = {
  json: 'roomcast.v1.json',
  msgpack: 'roomcast.v1.msgpack',
} as const

/** Names a codec. */
export type CodecName = keyof typeof SUBPROTOCOLS
