// What a publish led to, remembered for a while: the memory behind idempotent publishing.
import type { Position } from '@roomcast/protocol/wire'
import type { Draft } from './broker.ts'

interface Entry {
  readonly userId: string | undefined
  readonly clientId: string | undefined
  readonly position: Position
  readonly expiresAt: number
}

/** An id, and who chose it: an id of another publisher is another one. */
type Key = Pick<Draft, 'id' | 'from'>

const isBy = (entry: Entry, { from }: Key): boolean =>
  entry.clientId === from?.clientId && entry.userId === from?.userId

/** The key of an id that someone else has used as well. */
const composite = ({ id, from }: Key): string => `${from?.userId ?? ''}\n${from?.clientId ?? ''}\n${id}`

/**
 * Positions that expire. Entries expire in the order in which they were set, which one window for all implies.
 *
 * Ids are random, so that two publishers hardly ever choose the same: each is looked up by itself, which saves the making
 * of a longer key for every publish; only those that do collide have longer keys, in a map of their own.
 */
export class RecentResults {
  readonly #entries = new Map<string, Entry>()
  #collisions: Map<string, Entry> | undefined

  get size(): number {
    return this.#entries.size + (this.#collisions?.size ?? 0)
  }

  get(key: Key, now: number): Position | undefined {
    let entry = this.#entries.get(key.id)
    if (entry === undefined || !isBy(entry, key)) entry = this.#collisions?.get(composite(key))
    return entry && isBy(entry, key) && entry.expiresAt > now ? entry.position : undefined
  }

  /** Remembers the first position of an id: what `get` found nothing for. */
  set(key: Key, position: Position, expiresAt: number): void {
    const entry = { userId: key.from?.userId, clientId: key.from?.clientId, position, expiresAt }
    const before = this.#entries.get(key.id)
    if (before && !isBy(before, key)) {
      this.#collisions ??= new Map()
      renew(this.#collisions, composite(key), entry)
    } else if (before) renew(this.#entries, key.id, entry)
    else this.#entries.set(key.id, entry)
  }

  /** Forgets what has expired. */
  expire(now: number): void {
    expireFrom(this.#entries, now)
    if (this.#collisions === undefined) return
    expireFrom(this.#collisions, now)
    if (this.#collisions.size === 0) this.#collisions = undefined
  }
}

/** Moves the entry to the end of the map's order, in which it expires. */
function renew(entries: Map<string, Entry>, key: string, entry: Entry): void {
  entries.delete(key)
  entries.set(key, entry)
}

function expireFrom(entries: Map<string, Entry>, now: number): void {
  for (const [key, { expiresAt }] of entries) {
    if (expiresAt > now) return
    entries.delete(key)
  }
}
