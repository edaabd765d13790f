// One room on this instance: who receives it, and where its stream has got to.
import type { Position } from '@roomcast/protocol/wire'
import type { StoredPublication } from '../broker/broker.ts'
import { Audience } from './audience.ts'
import { publicationPush } from './pushes.ts'
import type { SharedMessage } from './shared-message.ts'
import type { Subscriber } from './subscriber.ts'

/** Delivers a room's stream to its subscribers, and notices when the bus lost something. */
export class HubRoom {
  readonly name: string
  /** Those who read history first: mostly nobody. */
  #catchingUp: Set<Subscriber> | undefined
  readonly #live = new Set<Subscriber>()
  readonly #audience = new Audience()
  /** The place up to which everything has arrived since the first subscriber went live or something was published. */
  #epoch: string | undefined
  #offset = 0
  #tag = 0
  /** Whether that place is from history, and what the bus brings may still be before it. */
  #isAhead = false

  constructor(name: string) {
    this.name = name
  }

  get isEmpty(): boolean {
    return this.size === 0
  }

  get size(): number {
    return (this.#catchingUp?.size ?? 0) + this.#live.size
  }

  /** Adds a subscriber, which is given each publication until it goes live. */
  add(subscriber: Subscriber): void {
    this.#catchingUp ??= new Set()
    this.#catchingUp.add(subscriber)
  }

  /** From now on its transport is sent what everybody is sent after `at`, where it has got to. Ignored for who has left. */
  goLive(subscriber: Subscriber, at: Position): void {
    if (!this.#caughtUp(subscriber)) return
    this.#live.add(subscriber)
    this.#audience.add(subscriber.transport)
    if (this.#epoch !== undefined) return
    this.#moveTo(at.epoch, at.offset, at.tag)
    this.#isAhead = true
  }

  /** Takes a live subscriber out of the broadcast; returns the place up to which it was sent everything. */
  suspend(subscriber: Subscriber): Position | undefined {
    // Whoever is live has brought a place along.
    if (this.#epoch === undefined || !this.#live.delete(subscriber)) return undefined
    this.#audience.delete(subscriber.transport)
    this.add(subscriber)
    return { epoch: this.#epoch, offset: this.#offset, tag: this.#tag }
  }

  delete(subscriber: Subscriber): void {
    if (this.#live.delete(subscriber)) this.#audience.delete(subscriber.transport)
    else this.#caughtUp(subscriber)
    if (this.isEmpty) this.#epoch = undefined
  }

  publication(epoch: string, publication: StoredPublication): void {
    const { offset, tag } = publication
    const arrival = this.#judge(epoch, offset, tag)
    if (arrival === 'duplicate') return
    if (arrival === 'broken') return this.#interrupt()
    if (arrival === 'next') this.#moveTo(epoch, offset, tag)
    const message = publicationPush(this.name, publication)
    if (arrival === 'next') this.#audience.send(message)
    if (this.#catchingUp === undefined) return
    const at: Position = { epoch, offset, tag }
    for (const subscriber of this.#catchingUp) subscriber.publication(at, message)
  }

  /** Signals are not ordered among publications, and may be dropped: who is not live does not expect them. */
  signal(message: SharedMessage): void {
    this.#audience.send(message)
  }

  #moveTo(epoch: string, offset: number, tag: number): void {
    this.#epoch = epoch
    this.#offset = offset
    this.#tag = tag
    this.#isAhead = false
  }

  /** Whether the subscriber was among those who read history. */
  #caughtUp(subscriber: Subscriber): boolean {
    const wasCatchingUp = this.#catchingUp?.delete(subscriber) ?? false
    if (this.#catchingUp?.size === 0) this.#catchingUp = undefined
    return wasCatchingUp
  }

  /** `late` is what those who are live have from history already, and those who catch up perhaps not. */
  #judge(epoch: string, offset: number, tag: number): 'next' | 'late' | 'duplicate' | 'broken' {
    if (this.#epoch === undefined) return 'next'
    if (epoch !== this.#epoch) return 'broken'
    if (offset === this.#offset + 1) return 'next'
    if (this.#isAhead && (offset < this.#offset || (offset === this.#offset && tag === this.#tag)))
      return 'late'
    // An offset that was passed already is a duplicate only if its tag proves it; otherwise history has forked.
    return offset === this.#offset && tag === this.#tag ? 'duplicate' : 'broken'
  }

  /** Every subscriber starts over from its own position, which finds out what is still whole. */
  #interrupt(): void {
    this.#epoch = undefined
    for (const subscriber of [...this.#live, ...(this.#catchingUp ?? [])]) {
      this.delete(subscriber)
      subscriber.interrupted()
    }
  }
}
