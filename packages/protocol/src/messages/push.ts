// What a server sends unasked.
import type { Position, UnrecoveredReason } from '../position.ts'
import type { PresenceChange, PresencePosition } from './presence.ts'

/** Who published: stamped by the server, never taken from the client. Absent on what the server itself publishes. */
export interface Publisher {
  readonly userId: string
  readonly clientId: string
}

/** One item of a room's stream. */
export interface PublicationPush {
  readonly type: 'publication'
  readonly room: string
  /** The publish id. A client surfaces each id of a user once, also across a change of epoch. */
  readonly id: string
  readonly event: string
  readonly offset: number
  readonly tag: number
  readonly from?: Publisher
  /** The broker's clock in epoch milliseconds, for display. */
  readonly time: number
  readonly data: unknown
}

/** Something that was neither stored nor numbered. */
export interface SignalPush {
  readonly type: 'signal'
  readonly room: string
  readonly signal: string
  readonly from?: Publisher
  readonly data: unknown
}

/** A change of a room's presence, for those who watch it. */
export interface PresencePush {
  readonly type: 'presence'
  readonly room: string
  readonly position: PresencePosition
  readonly change: PresenceChange
}

/** The stream of a room goes on, but not where it was: what lies between was lost for this subscriber. */
export interface ResetPush {
  readonly type: 'reset'
  readonly room: string
  readonly position: Position
  readonly reason: UnrecoveredReason
}

/** The server ended a subscription. */
export interface UnsubscribedPush {
  readonly type: 'unsubscribed'
  readonly room: string
  /** A code of the unsubscribe table. */
  readonly code: number
  readonly reason: string
}

/** The connection will be closed soon; connect again at a random time within the window. */
export interface DrainPush {
  readonly type: 'drain'
  readonly windowMs: number
}

/** Everything a server may send unasked. Clients ignore types they do not know. */
export type Push = PublicationPush | SignalPush | PresencePush | ResetPush | UnsubscribedPush | DrainPush
