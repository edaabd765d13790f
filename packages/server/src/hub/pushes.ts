// The pushes that carry broker items, as shared messages.
import type {
  PresenceChange,
  PresencePosition,
  PresencePush,
  PublicationPush,
  SignalPush,
} from '@roomcast/protocol/wire'
import type { Signal, StoredPublication } from '../broker/broker.ts'
import { SharedMessage } from './shared-message.ts'

/** A publication of a room. */
export function publicationPush(room: string, publication: StoredPublication): SharedMessage {
  const { id, event, offset, tag, from, time, json } = publication
  const envelope: Omit<PublicationPush, 'data'> = {
    type: 'publication',
    room,
    id,
    event,
    offset,
    tag,
    ...(from && { from }),
    time,
  }
  return new SharedMessage(envelope, json)
}

/** A signal of a room. */
export function signalPush(room: string, { signal, from, json }: Signal): SharedMessage {
  const envelope: Omit<SignalPush, 'data'> = { type: 'signal', room, signal, ...(from && { from }) }
  return new SharedMessage(envelope, json)
}

/** A change of a room's presence. */
export function presencePush(
  room: string,
  position: PresencePosition,
  change: PresenceChange,
): SharedMessage {
  const push: PresencePush = { type: 'presence', room, position, change }
  return new SharedMessage(push)
}
