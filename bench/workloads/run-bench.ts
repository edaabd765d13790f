// A run of the bench, from the check of its subjects to the verdict.
import { checkDelivery } from '../peers/check-delivery.ts'
import { writeResults } from '../report/files.ts'
import { describeVerdict, judge } from '../report/judge.ts'
import type { Results, WorkloadResult } from '../report/results.ts'
import { alignTable } from '../report/table.ts'
import { workloadCells, workloadNotes } from '../report/workload-table.ts'
import type { BenchOptions } from './options.ts'
import { describeDuration, estimateSeconds, ProgressLine } from './progress.ts'
import { roundsOf, runWorkload, type Turn } from './run.ts'
import type { Theatre } from './stage.ts'
import { SUBJECTS, type SubjectName } from './subjects.ts'
import type { Workload } from './workload.ts'

/** Where a run takes place, and what is known of the place. */
export interface Venue extends Theatre {
  readonly environment: Results['environment']
  readonly commit: Results['commit']
  readonly versions: Results['versions']
}

/**
 * Measures what was asked for, prints the tables and the verdict, and writes the results.
 *
 * @returns whether every subject took all its turns
 * @throws {Error} if a subject does not deliver as it should: one that loses messages would look fast.
 */
export async function runBench(options: BenchOptions, venue: Venue): Promise<boolean> {
  const { workloads, rounds, seconds, isWhole } = options
  const date = new Date().toISOString()
  await checkSubjects(workloads, venue)
  const measured: WorkloadResult[] = []
  for (const [index, workload] of workloads.entries()) {
    const later = workloads.slice(index + 1)
    const secondsAfter = later.reduce((sum, next) => sum + estimateSeconds(next, rounds, seconds), 0)
    const progress = new WorkloadProgress(workload, options, secondsAfter)
    const result = await runWorkload(workload, {
      ...venue,
      rounds,
      seconds,
      onTurn: (turn) => progress.show(turn),
    })
    progress.clear()
    printWorkload(result)
    measured.push(result)
  }
  const { environment, commit, versions } = venue
  const results: Results = {
    format: 1,
    date,
    commit,
    environment,
    versions,
    settings: { rounds, seconds },
    workloads: measured,
  }
  printVerdict(results)
  console.log(`\nAll samples: ${writeResults(results, isWhole)}`)
  if (!isWhole) console.log('A first look, not a result: docs/performance.md shows whole runs only.')
  return measured.every(({ rows }) => rows.every(({ failure }) => failure === undefined))
}

/** What runs, which round it is, and how long the rest of the run will take. */
class WorkloadProgress {
  readonly #line = new ProgressLine()
  readonly #startedAt = performance.now()
  readonly #workload: Workload
  readonly #options: Pick<BenchOptions, 'rounds' | 'seconds'>
  readonly #secondsAfter: number

  constructor(workload: Workload, options: Pick<BenchOptions, 'rounds' | 'seconds'>, secondsAfter: number) {
    this.#workload = workload
    this.#options = options
    this.#secondsAfter = secondsAfter
  }

  show({ key, round, done, total }: Turn): void {
    const { rounds, seconds } = this.#options
    const soFar = (performance.now() - this.#startedAt) / 1000
    const here =
      done === 0 ? estimateSeconds(this.#workload, rounds, seconds) : (soFar / done) * (total - done)
    const rest = describeDuration(here + this.#secondsAfter)
    const which =
      round === 'first'
        ? 'a first round, not recorded'
        : `round ${round + 1} of ${roundsOf(this.#workload, rounds)}`
    const turn = `${this.#workload.name}  ${which}  ${key}`
    this.#line.show(`${turn}  about ${rest} left`, done % this.#workload.entries.length === 0)
  }

  clear(): void {
    this.#line.clear()
  }
}

async function checkSubjects(workloads: readonly Workload[], { start }: Theatre): Promise<void> {
  const names = new Set<SubjectName>(
    workloads.flatMap(({ entries }) => entries.map(({ subject }) => subject)),
  )
  for (const name of names) {
    const { command, dialect } = SUBJECTS[name]
    const subject = await start(name, command())
    try {
      await checkDelivery(subject.port, dialect({ use: 'room', deflate: 'none' }))
    } catch (error) {
      throw new Error(`${name} does not deliver as it should.`, { cause: error })
    } finally {
      await subject[Symbol.asyncDispose]()
    }
  }
  const labels = [...names].map((name) => SUBJECTS[name].label)
  console.log(`Checked that each delivers to its rooms and to nobody else: ${labels.join('; ')}.`)
}

function printWorkload(result: WorkloadResult): void {
  console.log(`\n${result.name}  ${result.title}\n`)
  console.log(alignTable(workloadCells(result)))
  for (const note of workloadNotes(result)) console.log(`  ${note}`)
}

/** Leaves out what was not measured. */
function printVerdict(results: Results): void {
  console.log('\nWhat must hold\n')
  for (const { about, verdicts } of judge(results)) {
    const shown = verdicts.filter(({ outcome }) => outcome !== 'not measured')
    if (shown.length === 0) continue
    console.log(about)
    for (const verdict of shown) console.log(`  ${describeVerdict(verdict)}`)
  }
}
