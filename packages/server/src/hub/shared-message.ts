// One message for many sessions, encoded at most once per codec.
import type { CodecName, Payload, SplicingCodec } from '@roomcast/protocol/wire'
import { OutgoingMessage } from '../transport/transport.ts'

/** What a message says, ready to be encoded. */
export interface MessageContent {
  encode(codec: SplicingCodec): Payload
}

/** An envelope and, for what carries data, the data as JSON text. */
export class Envelope implements MessageContent {
  readonly #fields: object
  readonly #json: string | undefined

  constructor(fields: object, json?: string) {
    this.#fields = fields
    this.#json = json
  }

  encode(codec: SplicingCodec): Payload {
    return this.#json === undefined
      ? codec.encode(this.#fields)
      : codec.encodeWithData(this.#fields, this.#json)
  }
}

/** A message that many sessions are sent. */
export class SharedMessage {
  readonly #content: MessageContent
  /** The first codec that was asked for, which is mostly the only one. */
  #codec: CodecName | undefined
  #encoded: OutgoingMessage | undefined
  #others: Partial<Record<CodecName, OutgoingMessage>> | undefined

  constructor(content: MessageContent) {
    this.#content = content
  }

  /** The message in this codec; the same object for every caller. */
  in(codec: SplicingCodec): OutgoingMessage {
    if (this.#codec === codec.name) return this.#encoded!
    if (this.#codec !== undefined) return this.#inOther(codec)
    this.#encoded = this.#encode(codec)
    this.#codec = codec.name
    return this.#encoded
  }

  #inOther(codec: SplicingCodec): OutgoingMessage {
    this.#others ??= {}
    return (this.#others[codec.name] ??= this.#encode(codec))
  }

  #encode(codec: SplicingCodec): OutgoingMessage {
    return new OutgoingMessage(this.#content.encode(codec), true)
  }
}
