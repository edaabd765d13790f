// What the pairs of a comparison say about one case: slower, faster, or not to be told apart.
import { intervalOfRatio, type Interval } from '../report/interval.ts'

/** Nanoseconds for each unit of work, present and base, measured one after the other. */
export type Pair = readonly [present: number, base: number]

/** What may be said of a case. "new" is one that the base cannot run. */
export type Verdict = 'slower' | 'faster' | 'same' | 'new'

export interface Judgement {
  readonly verdict: Verdict
  /** Present ÷ base: above 1 is slower. Undefined for a new case. */
  readonly ratio: Interval | undefined
}

/** What an interval must hold the median with to be believed. It takes 6 pairs. */
const LEVEL = 0.95

/**
 * Slower or faster only if the whole interval of the ratio lies on one side of 1, and there are enough pairs to believe it.
 * Without pairs the case is new.
 *
 * @throws {RangeError} if a time is not above zero.
 */
export function judge(pairs: readonly Pair[]): Judgement {
  if (pairs.flat().some((time) => !(time > 0))) throw new RangeError('A time is not above zero.')
  const ratio = intervalOfRatio(pairs)
  if (ratio === undefined) return { verdict: 'new', ratio }
  if (ratio.level < LEVEL) return { verdict: 'same', ratio }
  if (ratio.low > 1) return { verdict: 'slower', ratio }
  return { verdict: ratio.high < 1 ? 'faster' : 'same', ratio }
}

/** Whether a case fails `--fail-over limit`: slower by more than its noise, and its median ratio above the limit. */
export function isOver(judgement: Judgement, limit: number): boolean {
  return judgement.verdict === 'slower' && judgement.ratio !== undefined && judgement.ratio.median > limit
}
