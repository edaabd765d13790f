// What one client may expect of the presence it watches: changes in their order, that add up with the snapshot (§7).
import type { PresencePush, PresenceResult } from './messages.ts'

interface Place {
  readonly epoch: string
  readonly offset: number
}

interface Watch {
  /** How many watches have not been answered; changes may arrive before the answer. */
  waiting: number
  isWatched: boolean
  last: Place | undefined
}

/** Says what is wrong with the order of what arrives. */
export class PresenceLedger {
  readonly #watches = new Map<string, Watch>()

  asked(room: string): void {
    this.#watch(room).waiting++
  }

  answered(room: string, { position }: PresenceResult): void {
    const watch = this.#watch(room)
    watch.waiting--
    watch.isWatched = true
    // Changes up to the snapshot may be on their way still.
    if (
      watch.last === undefined ||
      watch.last.epoch !== position.epoch ||
      watch.last.offset < position.offset
    )
      watch.last = position
  }

  refused(room: string): void {
    this.#watch(room).waiting--
  }

  ended(room: string): void {
    this.#watches.delete(room)
  }

  change({ room, position }: PresencePush): string | undefined {
    const watch = this.#watch(room)
    const { last } = watch
    if (!watch.isWatched && watch.waiting === 0)
      return `a change of the presence of ${room}, which is not watched`
    if (last && last.epoch !== position.epoch) return `another epoch of the presence of ${room}`
    if (last && position.offset <= last.offset) return undefined // the client passes over it
    watch.last = position
    return !last || position.offset === last.offset + 1
      ? undefined
      : `change ${position.offset} of the presence of ${room} after ${last.offset}`
  }

  #watch(room: string): Watch {
    let watch = this.#watches.get(room)
    if (!watch) {
      watch = { waiting: 0, isWatched: false, last: undefined }
      this.#watches.set(room, watch)
    }
    return watch
  }
}
