// The members of a group that receive the same bytes, and what they are sent in this turn.
import { FrameBatch } from './frame-batch.ts'
import type { PreparedMessage } from './prepared-message.ts'
import type { Flushable, WriteTurn } from './write-turn.ts'

/** A member, as its group sees it. */
export interface LaneMember {
  readonly writes: WriteTurn
  /**
   * The frames of a message for this member and all others of its lane; undefined if they cannot be shared, or are not
   * known in this turn.
   */
  framesOf(message: PreparedMessage): readonly Uint8Array[] | undefined
  joined(lane: GroupLane): void
  left(lane: GroupLane): void
  /** Notes that the frames of a batch so far are not for it. */
  skipSoFar(batch: FrameBatch): void
  /** Queues the frames of a batch that it has not had yet, before whatever it is sent next. */
  takeSoFar(batch: FrameBatch): void
  /** Lets go of a batch that it has no part in any more. */
  forget(batch: FrameBatch): void
  /** Takes what it has not had yet of a batch that is complete. */
  takeWhole(batch: FrameBatch): void
  sendPrepared(message: PreparedMessage): unknown
}

/** A larger batch is handed on before the end of the turn, so that what waits is counted and bounded. */
const MAX_BATCH_BYTES = 64 * 1024

export class GroupLane implements Flushable {
  readonly #members = new Set<LaneMember>()
  readonly #onEmpty: (() => void) | undefined
  #batch: FrameBatch | undefined
  #isFlushing = false

  /** @param onEmpty Called when the last member has left. */
  constructor(onEmpty?: () => void) {
    this.#onEmpty = onEmpty
  }

  get size(): number {
    return this.#members.size
  }

  has(member: LaneMember): boolean {
    return this.#members.has(member)
  }

  add(member: LaneMember): void {
    if (this.#members.has(member)) return
    if (this.#batch !== undefined) member.skipSoFar(this.#batch)
    this.#members.add(member)
    member.joined(this)
  }

  delete(member: LaneMember): void {
    if (!this.#members.delete(member)) return
    if (this.#batch !== undefined) {
      member.takeSoFar(this.#batch)
      member.forget(this.#batch)
    }
    member.left(this)
    if (this.#members.size === 0) this.#onEmpty?.()
  }

  /** Queues what was sent so far for a member that is about to be sent something else. */
  queueFor(member: LaneMember): void {
    if (this.#batch !== undefined) member.takeSoFar(this.#batch)
  }

  send(message: PreparedMessage): void {
    // Any member can say what all of them get.
    const [member] = this.#members
    if (member === undefined) return
    const frames = member.framesOf(message)
    if (frames === undefined) this.#sendSingly(message)
    else this.#collect(frames, member.writes)
  }

  flush(): void {
    const batch = this.#batch
    // What is sent while a batch is handed over comes behind it for everybody.
    if (batch === undefined || this.#isFlushing) return
    this.#batch = undefined
    this.#isFlushing = true
    try {
      // Those of now: a stream may deliver at once, and who hears of it may join and leave.
      for (const member of [...this.#members]) member.takeWhole(batch)
    } finally {
      this.#isFlushing = false
    }
  }

  #collect(frames: readonly Uint8Array[], writes: WriteTurn): void {
    if (this.#batch === undefined) {
      this.#batch = new FrameBatch()
      writes.addGroup(this)
    }
    this.#batch.add(frames)
    writes.groupSends++
    if (this.#batch.bytes >= MAX_BATCH_BYTES) this.flush()
  }

  #sendSingly(message: PreparedMessage): void {
    this.flush()
    for (const member of [...this.#members]) member.sendPrepared(message)
  }
}
