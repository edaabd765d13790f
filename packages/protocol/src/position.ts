// A place in a room's stream.

/**
 * A place in the stream of a room, opaque to applications.
 *
 * The epoch is the identity of the stream: offset 10 of a stream that was lost and begun anew is never taken for
 * offset 10 of the old one. The tag is a random number that the append at this offset chose: two histories that
 * forked (a promoted replica, an overtaken restart) agree on epoch and offset, but not on the tag.
 */
export interface Position {
  readonly epoch: string
  /** Counts from 1; 0 is the place before the first publication. */
  readonly offset: number
  /** An unsigned 32-bit number; 0 at offset 0. */
  readonly tag: number
}

/** Whether two positions name the same publication of the same stream. */
export function isSamePosition(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.offset === b.offset && a.tag === b.tag
}

/** Why a subscription could not continue where it left off. */
export type UnrecoveredReason =
  /** The stream was lost and begun anew. */
  | 'epochChanged'
  /** The position is on a branch of history that was overtaken. */
  | 'forked'
  /** Some of what was missed is no longer in history. */
  | 'expired'
  /** The client read too slowly, and what waited for it is no longer in history. */
  | 'lagged'
