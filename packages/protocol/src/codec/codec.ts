// Message ⇄ bytes.
import type { CodecName } from '../version.ts'

/** What a WebSocket message carries: a text frame's string or a binary frame's bytes. */
export type Payload = string | Uint8Array

/** A payload that is not a message of its codec. Caught where bytes enter; never reaches an application. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

/**
 * Turns messages into payloads and back.
 *
 * All codecs agree on the value: JSON's model. `decode(encode(v))` is `v` without the keys whose value is `undefined`.
 */
export interface Codec {
  readonly name: CodecName
  /** The token that selects this codec in the handshake. */
  readonly subprotocol: string
  /** Encodes one message. */
  encode(message: object): Payload
  /**
   * Decodes one payload.
   * @throws {DecodeError} if it is anything but one value of this codec within JSON's model.
   */
  decode(payload: Payload): unknown
}

/**
 * A codec that can put data which is already encoded into an envelope, so that a publication is encoded once and not
 * once per subscriber.
 */
export interface SplicingCodec extends Codec {
  /** Encodes `{ ...envelope, data }`, where `json` is `data` as JSON text. `envelope` must not be empty. */
  encodeWithData(envelope: object, json: string): Payload
}
