// What a subscription tells, as it is before types are put on it.
import type { Position, Publisher, RoomcastError, UnrecoveredReason } from '@roomcast/protocol/wire'

/** One item of a room's stream. */
export interface Publication<Event extends string = string, Data = unknown> {
  /** The id that its publisher chose; it surfaces once. */
  readonly id: string
  readonly event: Event
  readonly data: Data
  /** Its place in the room's stream, counting from 1. */
  readonly offset: number
  /** Who published it; `undefined` if the server did, or hides it. */
  readonly from: Publisher | undefined
  /** When it was published, in epoch milliseconds of the server's clock. For display. */
  readonly time: number
}

/** Something that was neither stored nor numbered. */
export interface Signal<Name extends string = string, Data = unknown> {
  readonly signal: Name
  readonly data: Data
  readonly from: Publisher | undefined
}

/** Publications were missed and cannot be recovered: the moment to load the application's state anew. */
export interface Gap {
  readonly reason: UnrecoveredReason
  /** From here on the stream is whole again. Every change after it will be surfaced. */
  readonly position: Position
}

/** What happens to a subscription, apart from the application's own events. */
export interface SubscriptionEvents {
  publication: Publication
  gap: Gap
  /** No more publications will come: the server ended the subscription, or the client stopped. */
  end: RoomcastError
}
