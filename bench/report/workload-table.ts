// One workload as a table: a row for each subject, the median of each figure, and the ratios to the references.
import { intervalOf, intervalOfRatio } from './interval.ts'
import { formatFigure, formatRatio, GENERATOR_BOUND, METRICS, type MetricName } from './metrics.ts'
import { pairsOf, valuesOf, type Row, type WorkloadResult } from './results.ts'
import type { Cells } from './table.ts'

/** Behind the generator's share where it may have set the pace. */
export const BOUND_MARK = '*'

/** The cells of a workload's table, its head first. */
export function workloadCells({ metrics, references, rows }: WorkloadResult): Cells {
  const present = references.flatMap((key) => rows.find((row) => row.key === key) ?? [])
  const head = [
    '',
    ...metrics.map((name) => METRICS[name].label),
    ...present.map(({ label }) => `÷ ${label}`),
  ]
  const [compared] = metrics
  return [
    head,
    ...rows.map((row) => [
      row.label,
      ...metrics.map((name) => medianCell(row, name)),
      ...present.map((reference) => ratioCell(row, reference, compared)),
    ]),
  ]
}

/** What is to be known about the rows of a table, a sentence each. */
export function workloadNotes({ metrics, references, rows }: WorkloadResult): string[] {
  const notes = rows.flatMap(({ label, note }) => (note === undefined ? [] : [`${label}: ${note}`]))
  const failures = rows.flatMap(({ label, failure }) =>
    failure === undefined ? [] : [`${label}: ${failure}`],
  )
  const isMarked = metrics.includes('generatorShare') && rows.some(isGeneratorBound)
  const mark = `${BOUND_MARK} The load generator was busy for more than ${GENERATOR_BOUND * 100} % of a window and may have set the pace; CPU per delivery stands, deliveries/s is a lower bound.`
  return [...confidenceNote(rows, references, metrics), ...notes, ...failures, ...(isMarked ? [mark] : [])]
}

/** How sure the brackets are: as sure as the fewest rounds that two rows have in common allow. */
function confidenceNote(
  rows: WorkloadResult['rows'],
  references: WorkloadResult['references'],
  [compared]: WorkloadResult['metrics'],
): string[] {
  if (compared === undefined) return []
  const shared = references.flatMap((key) => {
    const reference = rows.find((row) => row.key === key)
    if (reference === undefined) return []
    return rows
      .filter((row) => row !== reference)
      .map((row) => pairsOf(row, reference, compared))
      .filter((pairs) => pairs.length > 0)
  })
  const [fewest] = shared.sort((a, b) => a.length - b.length)
  const level = fewest === undefined ? undefined : intervalOfRatio(fewest)?.level
  if (fewest === undefined || level === undefined) return []
  return [
    `Brackets hold the true median with a confidence of ${(level * 100).toFixed(1)} % (rounds: ${fewest.length}).`,
  ]
}

function medianCell(row: Row, name: MetricName): string {
  const interval = intervalOf(valuesOf(row, name))
  if (interval === undefined) return '–'
  const mark = name === 'generatorShare' && isGeneratorBound(row) ? BOUND_MARK : ''
  return formatFigure(name, interval.median) + mark
}

function ratioCell(row: Row, reference: Row, metric: MetricName | undefined): string {
  if (metric === undefined || row.key === reference.key) return '–'
  const interval = intervalOfRatio(pairsOf(row, reference, metric))
  if (interval === undefined) return '–'
  const { median, low, high } = interval
  return `${formatRatio(median)} [${formatRatio(low)}, ${formatRatio(high)}]`
}

function isGeneratorBound(row: Row): boolean {
  return valuesOf(row, 'generatorShare').some((share) => share > GENERATOR_BOUND)
}
