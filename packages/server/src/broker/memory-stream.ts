// The stream of one room in memory: numbering, a bounded history, and the question whether a position can be continued.
import type { Position } from '@roomcast/protocol/wire'
import type { Draft, ReadRequest, Retention, StoredPublication, StreamSlice } from './broker.ts'

/** A stream of publications. Time is an argument, so that the class has none of its own. */
export class MemoryStream {
  readonly epoch: string
  #items: StoredPublication[] = []
  /** Items before this index have been dropped; the array is compacted now and then, not at every drop. */
  #start = 0
  /** The publication just before the oldest one kept: what is needed to recover from exactly there. */
  readonly #base = { offset: 0, tag: 0 }
  readonly #top = { offset: 0, tag: 0 }

  constructor(epoch: string) {
    this.epoch = epoch
  }

  get top(): Position {
    return { epoch: this.epoch, offset: this.#top.offset, tag: this.#top.tag }
  }

  /** Appends a draft at the next offset. `now` is epoch milliseconds. */
  append(draft: Draft, tag: number, now: number, retention: Retention): StoredPublication {
    const { id, event, from, json } = draft
    const offset = this.#top.offset + 1
    // Spelled out: a spread costs several times as much, for every publication.
    const publication: StoredPublication = { id, event, from, json, offset, tag, time: now }
    this.#top.offset = offset
    this.#top.tag = tag
    this.#items.push(publication)
    this.trim(now, retention)
    return publication
  }

  /** Drops what the retention no longer covers. */
  trim(now: number, retention: Retention): void {
    const maxItems = retention?.maxItems ?? 0
    const oldest = now - (retention?.ttlMs ?? 0)
    let start = this.#start
    while (start < this.#items.length) {
      const { time, offset, tag } = this.#items[start]!
      if (this.#items.length - start <= maxItems && time > oldest) break
      this.#base.offset = offset
      this.#base.tag = tag
      start++
    }
    this.#start = start
    if (start > 64 && start * 2 > this.#items.length) {
      this.#items = this.#items.slice(start)
      this.#start = 0
    }
  }

  /** Reads what is kept after trimming. */
  read(request: ReadRequest): StreamSlice {
    return 'since' in request ? this.#readSince(request.since) : this.#readLast(request.last)
  }

  #readLast(count: number): StreamSlice {
    const items = count === 0 ? [] : this.#items.slice(Math.max(this.#start, this.#items.length - count))
    const first = items[0]
    // What is just before the first item is known: it is the base, or an item that is kept.
    const { offset, tag } = first ? this.#at(first.offset - 1)! : this.#top
    return { base: { epoch: this.epoch, offset, tag }, top: this.top, items }
  }

  #readSince(since: Position): StreamSlice {
    const nothing = { base: this.top, top: this.top, items: [] }
    if (since.epoch !== this.epoch) return { ...nothing, unrecovered: 'epochChanged' }
    if (since.offset > this.#top.offset) return { ...nothing, unrecovered: 'forked' }
    const known = this.#at(since.offset)
    if (!known) return { ...nothing, unrecovered: 'expired' }
    if (known.tag !== since.tag) return { ...nothing, unrecovered: 'forked' }
    const items = this.#items.slice(this.#items.length - (this.#top.offset - since.offset))
    return { base: since, top: this.top, items: since.offset === this.#top.offset ? [] : items }
  }

  /** The offset and tag at `offset`, if they are still known. */
  #at(offset: number): { readonly offset: number; readonly tag: number } | undefined {
    if (offset === this.#top.offset) return this.#top
    if (offset === this.#base.offset) return this.#base
    if (offset < this.#base.offset) return undefined
    return this.#items[this.#items.length - 1 - (this.#top.offset - offset)]
  }
}
