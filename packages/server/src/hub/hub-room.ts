// One room on this instance: who receives it, and where its stream has got to.
import type { Position } from '@roomcast/protocol/wire'
import type { StoredPublication } from '../broker/broker.ts'
import { publicationPush } from './pushes.ts'
import type { SharedMessage } from './shared-message.ts'
import type { Subscriber } from './subscriber.ts'

/** Delivers a room's stream to its subscribers, and notices when the bus lost something. */
export class HubRoom {
  readonly name: string
  readonly #subscribers = new Set<Subscriber>()
  /** The last publication that arrived since the first subscriber joined. */
  #last: Position | undefined

  constructor(name: string) {
    this.name = name
  }

  get isEmpty(): boolean {
    return this.#subscribers.size === 0
  }

  get size(): number {
    return this.#subscribers.size
  }

  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber)
  }

  delete(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber)
    if (this.isEmpty) this.#last = undefined
  }

  publication(epoch: string, publication: StoredPublication): void {
    const at: Position = { epoch, offset: publication.offset, tag: publication.tag }
    const arrival = this.#judge(at)
    if (arrival === 'duplicate') return
    if (arrival === 'broken') return this.#interrupt()
    this.#last = at
    const message = publicationPush(this.name, publication)
    for (const subscriber of this.#subscribers) subscriber.publication(at, message)
  }

  signal(message: SharedMessage): void {
    for (const subscriber of this.#subscribers) subscriber.signal(message)
  }

  #judge(at: Position): 'next' | 'duplicate' | 'broken' {
    const last = this.#last
    if (!last) return 'next'
    if (at.epoch !== last.epoch) return 'broken'
    if (at.offset === last.offset + 1) return 'next'
    // An offset that was passed already is a duplicate only if its tag proves it; otherwise history has forked.
    return at.offset === last.offset && at.tag === last.tag ? 'duplicate' : 'broken'
  }

  /** Every subscriber starts over from its own position, which finds out what is still whole. */
  #interrupt(): void {
    this.#last = undefined
    for (const subscriber of [...this.#subscribers]) {
      this.#subscribers.delete(subscriber)
      subscriber.interrupted()
    }
  }
}
