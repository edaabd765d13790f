// What a terminal shows while the bench runs: what is measured, and how long it will take.
import { roundsOf, unrecordedRoundsOf, windowOf } from './run.ts'
import type { Workload } from './workload.ts'

/** What a turn takes beside its window: for one with a server of its own, its start and its connections. */
const OVERHEAD_SECONDS = 0.3
const FRESH_OVERHEAD_SECONDS = 6

/** About how long a workload takes, in seconds. */
export function estimateSeconds(workload: Workload, rounds: number, seconds: number): number {
  const window = windowOf(workload, seconds)
  const overhead = workload.isFresh === true ? FRESH_OVERHEAD_SECONDS : OVERHEAD_SECONDS
  const turns = (unrecordedRoundsOf(workload) + roundsOf(workload, rounds)) * workload.entries.length
  return turns * (window.seconds + window.warmUpSeconds + overhead)
}

/** A duration for people. */
export function describeDuration(seconds: number): string {
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  return minutes === 0 ? `${whole} s` : `${minutes} min ${whole % 60} s`
}

/** One line that is written over again on a terminal, and shown once for each round elsewhere. */
export class ProgressLine {
  readonly #isTerminal = process.stdout.isTTY
  #shown = ''

  show(text: string, isNews: boolean): void {
    if (this.#isTerminal) process.stdout.write(`\r\u001b[K${text}`)
    else if (isNews) console.log(text)
    this.#shown = text
  }

  /** Makes room for other output. */
  clear(): void {
    if (this.#isTerminal && this.#shown !== '') process.stdout.write('\r\u001b[K')
    this.#shown = ''
  }
}
