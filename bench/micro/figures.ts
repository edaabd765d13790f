// What was measured of each case over the rounds, and what may be said of it.
import { intervalOf, type Interval } from '../report/interval.ts'
import { judge, type Judgement, type Pair } from './judge.ts'
import type { CaseReport } from './measure.ts'

/** One case after all rounds. */
export interface CaseFigures {
  readonly subject: string
  readonly name: string
  readonly unit: string
  /** CPU nanoseconds for each unit, in the order of the rounds. */
  readonly present: readonly number[]
  /** Of the rounds in which the base ran the case too. */
  readonly pairs: readonly Pair[]
}

/** What failed, as text; the cases that it says nothing about were measured. */
export interface Failure {
  readonly where: string
  readonly reason: string
}

/** Gathers the reports of rounds. */
export class Figures {
  readonly #cases = new Map<string, { figures: CaseFigures; present: number[]; pairs: Pair[] }>()
  readonly #failures = new Map<string, Failure>()

  /** Each case once, in the order in which it was first reported. */
  get cases(): CaseFigures[] {
    return [...this.#cases.values()].map(({ figures }) => figures)
  }

  /** Each once, however many rounds it happened in. */
  get failures(): Failure[] {
    return [...this.#failures.values()]
  }

  /**
   * Takes the reports of one subject in one round. `base` is undefined if there is none, or it cannot run the subject. What fails
   * in either tree is a failure, and so is what is missing in this one; only the base may be too old.
   */
  add(subject: string, present: readonly CaseReport[], base: readonly CaseReport[] | undefined): void {
    for (const report of present) {
      const { name, unit, outcome } = report
      const where = `${subject}, ${name}`
      const reference = base?.find((other) => other.name === name)?.outcome
      if (reference?.kind === 'failed') this.#fail(`${where}, in the base`, reference.reason)
      if (outcome.kind !== 'measured') {
        this.#fail(where, outcome.reason)
        continue
      }
      const known = this.#cases.get(where) ?? this.#open(where, subject, name, unit)
      known.present.push(outcome.nanosPerUnit)
      if (reference?.kind === 'measured') known.pairs.push([outcome.nanosPerUnit, reference.nanosPerUnit])
    }
  }

  #fail(where: string, reason: string): void {
    this.#failures.set(where, { where, reason })
  }

  #open(where: string, subject: string, name: string, unit: string) {
    const present: number[] = []
    const pairs: Pair[] = []
    const opened = { figures: { subject, name, unit, present, pairs }, present, pairs }
    this.#cases.set(where, opened)
    return opened
  }
}

/** The median of the present tree, with its interval. */
export const costOf = ({ present }: CaseFigures): Interval => intervalOf(present)!

/** Present beside base, round by round. */
export const judgeCase = ({ pairs }: CaseFigures): Judgement => judge(pairs)
