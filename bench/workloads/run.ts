// Runs a workload: all its subjects in turn, round by round, so that what disturbs the machine disturbs all of them alike.
import { rotate } from '../harness/interleave.ts'
import type { Sample } from '../report/metrics.ts'
import type { Row, WorkloadResult } from '../report/results.ts'
import { Stage, type Theatre } from './stage.ts'
import { SUBJECTS } from './subjects.ts'
import { keyOf, type Entry } from './entry.ts'
import type { WindowLength, Workload } from './workload.ts'

/** How a run proceeds. */
export interface RunOptions extends Theatre {
  readonly rounds: number
  readonly seconds: number
  /** Told before each turn. */
  readonly onTurn: (turn: Turn) => void
}

/** One subject's turn in one round. */
export interface Turn {
  readonly key: string
  /** From 0; `first` is the round before them that is not recorded. */
  readonly round: number | 'first'
  /** How many turns of this workload are done, and how many there are. */
  readonly done: number
  readonly total: number
}

/** The length of a workload's windows when `seconds` are asked for. */
export function windowOf({ minSeconds = 0 }: Pick<Workload, 'minSeconds'>, seconds: number): WindowLength {
  const length = Math.max(seconds, minSeconds)
  return { seconds: length, warmUpSeconds: Math.min(0.5, length / 3) }
}

/** How many rounds a workload has when `rounds` are asked for. */
export const roundsOf = ({ maxRounds = Infinity }: Pick<Workload, 'maxRounds'>, rounds: number): number =>
  Math.min(rounds, maxRounds)

/**
 * How many rounds are not recorded: one where subjects stay up, since code that has just started runs before the compiler has
 * seen it and would set an end of every interval. A server that is new in each turn cannot be warmed so.
 */
export const unrecordedRoundsOf = ({ isFresh = false }: Pick<Workload, 'isFresh'>): number =>
  isFresh ? 0 : 1

/** Measures one workload. A subject that fails takes no further turns and has its failure in its row. */
export async function runWorkload(workload: Workload, options: RunOptions): Promise<WorkloadResult> {
  const performers = workload.entries.map((entry) => new Performer(entry))
  const window = windowOf(workload, options.seconds)
  const rounds = roundsOf(workload, options.rounds)
  const unrecorded = unrecordedRoundsOf(workload)
  const total = (unrecorded + rounds) * performers.length
  try {
    if (workload.isFresh !== true) {
      for (const performer of performers) await performer.enter(workload, options)
    }
    const rate = (await workload.calibrate?.(stagesOf(performers), window)) ?? 0
    let done = 0
    for (let turn = 0; turn < unrecorded + rounds; turn++) {
      const round = turn < unrecorded ? 'first' : turn - unrecorded
      for (const performer of rotate(performers, round === 'first' ? 0 : round)) {
        options.onTurn({ key: keyOf(performer.entry), round, done: done++, total })
        await performer.takeTurn(round, options, (stage) => workload.measure(stage, window, rate))
      }
    }
  } finally {
    for (const performer of performers) await performer.leave()
  }
  const { name, title, metrics, references } = workload
  return { name, title, metrics, references, rows: performers.map((performer) => performer.row) }
}

/** An entry, its stage if it keeps one, and what it has shown so far. */
class Performer {
  readonly entry: Entry
  readonly #samples: Sample[] = []
  #stage: Stage | undefined
  #failure: string | undefined

  constructor(entry: Entry) {
    this.entry = entry
  }

  get stage(): Stage | undefined {
    return this.#stage
  }

  get row(): Row {
    const { label, note } = this.entry
    return {
      key: keyOf(this.entry),
      label: label ?? SUBJECTS[this.entry.subject].label,
      ...(note !== undefined && { note }),
      samples: this.#samples,
      ...(this.#failure !== undefined && { failure: this.#failure }),
    }
  }

  /** Starts the subject and opens its connections, for all its turns. */
  enter(workload: Workload, theatre: Theatre): Promise<void> {
    return this.#attempt(async () => {
      this.#stage = await Stage.start(this.entry, theatre)
      await this.#stage.open(workload)
    })
  }

  /** Measures, on a stage of its own for this turn if there is none for all. */
  takeTurn(
    round: Turn['round'],
    theatre: Theatre,
    measure: (stage: Stage) => Promise<Sample>,
  ): Promise<void> {
    return this.#attempt(async () => {
      const sample = await this.#measure(theatre, measure)
      if (round !== 'first') this.#samples[round] = sample
    })
  }

  async #measure(theatre: Theatre, measure: (stage: Stage) => Promise<Sample>): Promise<Sample> {
    if (this.#stage !== undefined) return measure(this.#stage)
    const stage = await Stage.start(this.entry, theatre)
    try {
      return await measure(stage)
    } finally {
      await stage[Symbol.asyncDispose]()
    }
  }

  async leave(): Promise<void> {
    await this.#stage?.[Symbol.asyncDispose]().catch((error: unknown) => this.#fail(error))
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    if (this.#failure !== undefined) return
    try {
      await work()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error.message : String(error)
  }
}

function stagesOf(performers: readonly Performer[]): Map<string, Stage> {
  return new Map(
    performers.flatMap(({ entry, stage }) => (stage === undefined ? [] : [[keyOf(entry), stage] as const])),
  )
}
