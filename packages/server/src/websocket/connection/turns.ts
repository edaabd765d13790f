// Which turn of the event loop it is, for those who may do only so much in one.
import type { Clock } from '../../clock.ts'

const turnsOf = new WeakMap<Clock, Turns>()

/** Counts the turns in which somebody asked. All who share a clock share the count, which costs one callback a turn. */
export class Turns {
  readonly #clock: Clock
  #current = 0
  #isWatched = false

  private constructor(clock: Clock) {
    this.#clock = clock
  }

  static of(clock: Clock): Turns {
    let turns = turnsOf.get(clock)
    if (turns === undefined) {
      turns = new Turns(clock)
      turnsOf.set(clock, turns)
    }
    return turns
  }

  /** The number of this turn. */
  get current(): number {
    if (!this.#isWatched) {
      this.#isWatched = true
      this.#clock.defer(() => {
        this.#isWatched = false
        this.#current++
      })
    }
    return this.#current
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
