// Which turn of the event loop it is, for those who may do only so much in one.
import type { Clock } from '../../clock.ts'
import { Fifo } from '../../util/fifo.ts'
import { perClock } from '../../util/per-clock.ts'

/**
 * How long a turn may go on before what is not urgent waits for the next one, in milliseconds. The event loop handles up to a
 * thousand sockets before it looks at anything else: when ten thousand clients come back at once, that would be a third of a second.
 */
const LATE_AFTER_MS = 40

/** Something that can go on in a later turn. Must not throw. */
export interface Continuation {
  goOn(): void
}

/**
 * Counts the turns in which somebody asked, and spreads work over them. All who share a clock share the count, which costs one
 * callback a turn.
 */
export class Turns {
  readonly #clock: Clock
  readonly #waiting = new Fifo<Continuation>()
  #isWaitingScheduled = false
  #current = 0
  #startedMs = 0
  #isWatched = false

  private constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The one that all who share a clock share. */
  static readonly of = perClock((clock) => new Turns(clock))

  /** The number of this turn. */
  get current(): number {
    if (!this.#isWatched) {
      this.#isWatched = true
      this.#startedMs = this.#clock.monotonic()
      this.#clock.defer(() => {
        this.#isWatched = false
        this.#current++
      })
    }
    return this.#current
  }

  /** Whether this turn has gone on for so long, or so many wait already, that what is not urgent should wait too. */
  isLate(nowMs: number): boolean {
    void this.current
    return this.#waiting.length > 0 || nowMs - this.#startedMs >= LATE_AFTER_MS
  }

  /** Goes on with something in the next turn, or in a later one if many wait; first come, first served. */
  goOnLater(continuation: Continuation): void {
    this.#waiting.add(continuation)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isWaitingScheduled) return
    this.#isWaitingScheduled = true
    this.#clock.defer(() => this.#goOn())
  }

  #goOn(): void {
    this.#isWaitingScheduled = false
    const endMs = this.#clock.monotonic() + LATE_AFTER_MS
    // Who asks to go on again while this runs does so in the next turn.
    try {
      for (let left = this.#waiting.length; left > 0; left--) {
        this.#waiting.take()!.goOn()
        if (this.#clock.monotonic() >= endMs) break
      }
    } finally {
      if (this.#waiting.length > 0) this.#schedule()
    }
  }
}

/** How much may still be done in this turn. */
export class TurnBudget {
  readonly #turns: Turns
  readonly #max: number
  #turn = -1
  #left = 0

  constructor(turns: Turns, max: number) {
    this.#turns = turns
    this.#max = max
  }

  get left(): number {
    const turn = this.#turns.current
    if (turn !== this.#turn) {
      this.#turn = turn
      this.#left = this.#max
    }
    return this.#left
  }

  /** Spends, also more than is left. */
  spend(count: number): void {
    this.#left = this.left - count
  }
}
