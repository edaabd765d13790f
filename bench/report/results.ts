// What a run of the bench has found: all samples, and enough about the machine and the versions to judge them.
import { readFileSync } from 'node:fs'
import type { MetricName, Sample } from './metrics.ts'

/** The results of a run, as they are in a file. */
export interface Results {
  readonly format: 1
  /** When the run began, ISO 8601 in UTC. */
  readonly date: string
  /** The commit that was measured, with ` + changes` behind it if the sources were not as it has them. */
  readonly commit: string
  readonly environment: Readonly<Record<string, string | number>>
  /** The versions of what was measured, by package. */
  readonly versions: Readonly<Record<string, string>>
  readonly settings: RunSettings
  readonly workloads: readonly WorkloadResult[]
}

/** How long and how often it was measured. */
export interface RunSettings {
  /** How many times each subject had its turn. */
  readonly rounds: number
  /** How long a window lasts. */
  readonly seconds: number
}

/** One workload: a table. */
export interface WorkloadResult {
  readonly name: string
  readonly title: string
  /** The columns. The first is the one that rows are compared by. */
  readonly metrics: readonly MetricName[]
  /** The keys of the rows that others are compared with. */
  readonly references: readonly string[]
  readonly rows: readonly Row[]
}

/** One subject in one workload. */
export interface Row {
  readonly key: string
  readonly label: string
  /** What this subject does more or less of than others in the table. */
  readonly note?: string
  /** One for each round; the samples of two rows with the same index were taken one after the other. */
  readonly samples: readonly Sample[]
  /** Why there are no samples, or no more of them. */
  readonly failure?: string
}

/** The values of one figure in a row. Rounds that have none are left out. */
export function valuesOf(row: Row, metric: MetricName): number[] {
  return row.samples.map((sample) => sample[metric]).filter((value) => value !== undefined)
}

/** The values of one figure in the rounds that both rows have, as pairs. */
export function pairsOf(row: Row, reference: Row, metric: MetricName): [number, number][] {
  return row.samples.flatMap((sample, round) => {
    const value = sample[metric]
    const other = reference.samples[round]?.[metric]
    return value === undefined || other === undefined ? [] : [[value, other] as [number, number]]
  })
}

/** Reads a file of results. @throws {Error} if it is of another format. */
export function readResults(file: string): Results {
  const results = JSON.parse(readFileSync(file, 'utf8')) as Partial<Results>
  if (results.format !== 1) throw new Error(`${file} holds no results of this bench (format 1).`)
  return results as Results
}
