// The seam to who is in a room. Members and the changes they cause are kept and sent together, so that a snapshot and the
// changes after it always add up.
import type { Member, PresenceChange, PresencePosition } from '@roomcast/protocol/wire'

/** An entry as it is stored. `json` is the validated data as JSON text. */
export interface PresenceEntry {
  readonly clientId: string
  readonly userId: string
  readonly json: string
}

/** The members of a room at one place among its changes. */
export interface PresenceSnapshot {
  readonly position: PresencePosition
  readonly members: readonly Member[]
}

/** Receives the changes of watched rooms, in the order of their positions. */
export interface PresenceHandler {
  onPresence(room: string, position: PresencePosition, change: PresenceChange): void
}

/**
 * Guarantees of every implementation, held by the contract suite (`presence-store-contract.ts`):
 *
 * - One entry for each (room, clientId). Writing an entry and appending its change is one atomic step, so each change is
 *   told once and `enter` and `leave` of a client alternate.
 * - Putting the data that is already there changes the owner and tells nobody: a new connection of the same client takes
 *   its entry over in silence.
 * - `remove` with an owner acts only for that one: a session that is gone cannot remove what its successor holds.
 * - Positions count from 1 without holes within an epoch; a snapshot's position is that of the last change in it.
 */
export interface PresenceStore {
  /** Names the receiver. Called once, before anything else. */
  start(handler: PresenceHandler): void
  /** After it has resolved, changes of the room reach the handler. */
  watch(room: string): Promise<void>
  unwatch(room: string): Promise<void>
  /** Enters, or replaces the data and the owner of the entry. `owner` is a session id. */
  put(room: string, entry: PresenceEntry, owner: string): Promise<void>
  /** Replaces the data of an entry that `owner` owns. Resolves to whether it did. */
  update(room: string, entry: PresenceEntry, owner: string): Promise<boolean>
  /** Removes the entry, if `owner` still owns it or none is given. Resolves to whether it did. */
  remove(room: string, clientId: string, owner?: string): Promise<boolean>
  snapshot(room: string): Promise<PresenceSnapshot>
  close(): Promise<void>
}
