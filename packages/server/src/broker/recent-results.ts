// What a publish led to, remembered for a while: the memory behind idempotent publishing.
import type { Publisher } from '@roomcast/protocol/wire'
import type { Draft } from './broker.ts'

/** Where a publication stands in the stream that the results belong to. */
export interface Place {
  readonly offset: number
  readonly tag: number
}

/** As small as it can be: there is one for every publish of the last minutes. */
interface Entry {
  readonly from: Publisher | undefined
  readonly offset: number
  /** The bits of the tag as a signed number, which most engines keep without a box. */
  readonly tagBits: number
  /** A whole number for the same reason. */
  readonly expiresAt: number
}

/** An id, and who chose it: an id of another publisher is another one. */
type Key = Pick<Draft, 'id' | 'from'>

const isBy = (entry: Entry, { from }: Key): boolean =>
  entry.from === from || (entry.from?.clientId === from?.clientId && entry.from?.userId === from?.userId)

/** The key of an id that someone else has used as well. */
const composite = ({ id, from }: Key): string => `${from?.userId ?? ''}\n${from?.clientId ?? ''}\n${id}`

/**
 * Places of publications, by id, that expire, and of which there are at most so many. Entries expire in the order in which
 * they were set, which one window for all implies.
 *
 * Ids are random, so that two publishers hardly ever choose the same: each is looked up by itself, which saves the making
 * of a longer key for every publish; only those that do collide have longer keys, in a map of their own.
 */
export class RecentResults {
  readonly #entries = new Map<string, Entry>()
  #collisions: Map<string, Entry> | undefined

  readonly #maxResults: number

  /** @param maxResults How many are remembered; the oldest is forgotten before its time when there are more. */
  constructor(maxResults: number) {
    this.#maxResults = maxResults
  }

  get size(): number {
    return this.#entries.size + (this.#collisions?.size ?? 0)
  }

  get(key: Key, now: number): Place | undefined {
    let entry = this.#entries.get(key.id)
    if (entry === undefined || !isBy(entry, key)) entry = this.#collisions?.get(composite(key))
    if (entry === undefined || !isBy(entry, key) || entry.expiresAt <= now) return undefined
    return { offset: entry.offset, tag: entry.tagBits >>> 0 }
  }

  /** Remembers the place of an id that `get` found nothing for. The tag is an unsigned 32-bit number. */
  set(key: Key, { offset, tag }: Place, expiresAt: number): void {
    const entry = { from: key.from, offset, tagBits: tag | 0, expiresAt: Math.ceil(expiresAt) }
    const before = this.#entries.get(key.id)
    if (before && !isBy(before, key)) {
      this.#collisions ??= new Map()
      renew(this.#collisions, composite(key), entry)
      if (this.#collisions.size > this.#maxResults) forgetOldest(this.#collisions)
      return
    }
    if (before) this.#entries.delete(key.id)
    this.#entries.set(key.id, entry)
    if (this.#entries.size > this.#maxResults) forgetOldest(this.#entries)
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

function forgetOldest(entries: Map<string, Entry>): void {
  for (const key of entries.keys()) {
    entries.delete(key)
    return
  }
}
