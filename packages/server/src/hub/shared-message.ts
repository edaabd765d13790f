// One message for many sessions, encoded at most once per codec.
import type { CodecName, SplicingCodec } from '@roomcast/protocol/wire'
import { OutgoingMessage } from '../transport/transport.ts'

/** An envelope and, for what carries data, the data as JSON text. */
export class SharedMessage {
  readonly #envelope: object
  readonly #json: string | undefined
  readonly #encoded: Partial<Record<CodecName, OutgoingMessage>> = {}

  constructor(envelope: object, json?: string) {
    this.#envelope = envelope
    this.#json = json
  }

  /** The message in this codec; the same object for every caller. */
  in(codec: SplicingCodec): OutgoingMessage {
    return (this.#encoded[codec.name] ??= new OutgoingMessage(
      this.#json === undefined
        ? codec.encode(this.#envelope)
        : codec.encodeWithData(this.#envelope, this.#json),
      true,
    ))
  }
}
