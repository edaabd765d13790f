// Follows one room's stream and tells whether it is whole.
import type { Position } from '@roomcast/protocol/wire'

/** How a publication fits to what came before it. */
export type Fit =
  /** It is the next one. */
  | 'next'
  /** It came before. */
  | 'duplicate'
  /** Something between is missing, or the history behind it is another one. */
  | 'broken'

/** The position of one subscription, kept across connections. */
export class PositionTracker {
  /** The last publication that came; `undefined` before the first subscribe was answered. Set it to continue there. */
  position: Position | undefined

  /** Judges a publication, and moves on if it is the next one. */
  advance(offset: number, tag: number): Fit {
    const last = this.position
    if (!last || offset > last.offset + 1) return 'broken'
    if (offset <= last.offset) {
      // The same place with another tag: the server follows a history that forked from ours.
      return offset === last.offset && tag !== last.tag ? 'broken' : 'duplicate'
    }
    this.position = { ...last, offset, tag }
    return 'next'
  }
}
