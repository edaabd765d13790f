// What a workload is: who takes part, what is done to each in turn, and which figures come out.
import type { MetricName, Sample } from '../report/metrics.ts'
import type { Entry } from './entry.ts'
import type { SubjectName, Use } from './subjects.ts'
import type { Stage } from './stage.ts'

/** One table of the bench. */
export interface Workload {
  /** As in `--only`, such as `W1c`. */
  readonly name: string
  readonly title: string
  /** The columns, the compared figure first. */
  readonly metrics: readonly MetricName[]
  /** The rows with which the others are compared. */
  readonly references: readonly string[]
  readonly entries: readonly Entry[]
  /** How many connections a subject has, in how many rooms; `use` says what they do there. */
  readonly connections: number
  readonly rooms: number
  readonly use: Use
  /**
   * Whether each turn gets a server of its own, as figures of memory need. Otherwise all subjects stay up and connected
   * while their turns interleave. @default false
   */
  readonly isFresh?: boolean
  /** A window is at least so long, in seconds, because little happens in it. @default 0 */
  readonly minSeconds?: number
  /** More rounds would take long and teach little. @default no maximum */
  readonly maxRounds?: number
  /** Subjects that take part whichever peers are chosen. @default ours only */
  readonly always?: readonly SubjectName[]
  /** Finds, once before the rounds, the rate at which all of them run. @returns publishes per second */
  calibrate?(stages: ReadonlyMap<string, Stage>, window: WindowLength): Promise<number>
  /** One turn of one subject. `rate` is what `calibrate` found, 0 without it. */
  measure(stage: Stage, window: WindowLength, rate: number): Promise<Sample>
}

/** How long a turn is measured, after how long a warm-up. */
export interface WindowLength {
  readonly seconds: number
  readonly warmUpSeconds: number
}
