// The pushes that carry broker items, as shared messages.
import {
  jsonCodec,
  type Payload,
  type PresenceChange,
  type PresencePosition,
  type PresencePush,
  type PublicationPush,
  type SignalPush,
  type SplicingCodec,
} from '@roomcast/protocol/wire'
import type { Signal, StoredPublication } from '../broker/broker.ts'
import { quote } from '../util/quote.ts'
import { Envelope, SharedMessage, type MessageContent } from './shared-message.ts'

/** The content of a publication. */
class PublicationContent implements MessageContent {
  readonly #room: string
  readonly #publication: StoredPublication

  constructor(room: string, publication: StoredPublication) {
    this.#room = room
    this.#publication = publication
  }

  encode(codec: SplicingCodec): Payload {
    return codec === jsonCodec
      ? publicationText(this.#room, this.#publication)
      : codec.encodeWithData(publicationEnvelope(this.#room, this.#publication), this.#publication.json)
  }
}

/** A publication of a room. */
export function publicationPush(room: string, publication: StoredPublication): SharedMessage {
  return new SharedMessage(new PublicationContent(room, publication))
}

/** All of a publication but its data. */
export function publicationEnvelope(
  room: string,
  { id, event, offset, tag, from, time }: StoredPublication,
): Omit<PublicationPush, 'data'> {
  return { type: 'publication', room, id, event, offset, tag, ...(from && { from }), time }
}

/** The text that the JSON codec makes of the envelope and the data, put together by hand: there is one for every publish. */
export function publicationText(room: string, publication: StoredPublication): string {
  const { id, event, offset, tag, from, time, json } = publication
  const publisher = from ? `"from":{"userId":${quote(from.userId)},"clientId":${quote(from.clientId)}},` : ''
  return `{"type":"publication","room":${quote(room)},"id":${quote(id)},"event":${quote(event)},"offset":${offset},"tag":${tag},${publisher}"time":${time},"data":${json}}`
}

/** A signal of a room. */
export function signalPush(room: string, { signal, from, json }: Signal): SharedMessage {
  const envelope: Omit<SignalPush, 'data'> = { type: 'signal', room, signal, ...(from && { from }) }
  return new SharedMessage(new Envelope(envelope, json))
}

/** A change of a room's presence. */
export function presencePush(
  room: string,
  position: PresencePosition,
  change: PresenceChange,
): SharedMessage {
  const push: PresencePush = { type: 'presence', room, position, change }
  return new SharedMessage(new Envelope(push))
}
