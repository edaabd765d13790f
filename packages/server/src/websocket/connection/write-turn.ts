// What was sent in one turn of the event loop leaves at its end: one callback for all connections.
import type { Clock } from '../../clock.ts'
import { ByteArena } from '../../util/byte-arena.ts'
import { perClock } from '../../util/per-clock.ts'

/** Someone who has something to hand on at the end of the turn. Must not throw. */
export interface Flushable {
  flush(): void
}

/**
 * Collects who has something to write. At the end of the turn the groups hand their batches to their members, then each
 * connection writes once. Both run in the turn in which they were sent, before the event loop polls again.
 */
export class WriteTurn {
  readonly #clock: Clock
  #groups: Flushable[] = []
  #writers: Flushable[] = []
  #isScheduled = false
  /** How many groups have not handed on their batch yet, while they do. */
  #groupsLeft = 0
  /** Counts what was sent to groups: where it has not moved, a connection has no messages of groups to order its own after. */
  groupSends = 0
  /** Where the small messages of a turn are written. Who could not hand on all of its own says `retain`. */
  readonly arena = new ByteArena()
  readonly #run = (): void => {
    const groups = this.#groups
    this.#groups = []
    this.#groupsLeft = groups.length
    try {
      while (this.#groupsLeft > 0) groups[groups.length - this.#groupsLeft--]!.flush()
      this.#flushWriters()
    } finally {
      // One that threw is no reason for the others to wait for ever.
      this.#groups.unshift(...groups.slice(groups.length - this.#groupsLeft))
      this.#groupsLeft = 0
      this.#isScheduled = false
      const isOver = this.#groups.length === 0 && this.#writers.length === 0
      // What was sent meanwhile is in the arena too, and leaves in the next turn.
      if (isOver) this.arena.endTurn()
      else this.#schedule()
    }
  }

  private constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The one that all who share a clock share. */
  static readonly of = perClock((clock) => new WriteTurn(clock))

  /** Whether no group will hand on a batch after the one that does so now. */
  get isLastGroup(): boolean {
    return this.#groupsLeft === 0
  }

  /** Has a group hand on its batch at the end of this turn. Once is enough, and twice does no harm. */
  addGroup(group: Flushable): void {
    this.#groups.push(group)
    this.#schedule()
  }

  /** Has a connection write at the end of this turn; call it once a turn. */
  addWriter(writer: Flushable): void {
    this.#writers.push(writer)
    this.#schedule()
  }

  #flushWriters(): void {
    const writers = this.#writers
    this.#writers = []
    let count = 0
    try {
      while (count < writers.length) writers[count++]!.flush()
    } finally {
      if (count < writers.length) this.#writers.unshift(...writers.slice(count))
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#clock.defer(this.#run)
  }
}
