// Holds the results of a run against the gates, in words for a terminal.
import { intervalOf, intervalOfRatio, type Interval } from './interval.ts'
import { GATES, type Gate } from './gates.ts'
import { formatFigure, formatRatio, METRICS } from './metrics.ts'
import { pairsOf, valuesOf, type Results, type WorkloadResult } from './results.ts'

/** What became of a gate. One whose rows were not measured is neither met nor missed. */
export interface Verdict {
  readonly gate: Gate
  readonly outcome: 'met' | 'not met' | 'not measured'
  /** The figure or the ratio: its median and its interval. */
  readonly found?: Interval
}

/** Judges one gate by the median of what was measured. */
export function judgeGate(gate: Gate, workloads: readonly WorkloadResult[]): Verdict {
  const found = findFigure(gate, workloads)
  if (found === undefined) return { gate, outcome: 'not measured' }
  return { gate, outcome: isWithin(gate, found.median) ? 'met' : 'not met', found }
}

/** Judges all gates, by what they are about. */
export function judge({
  workloads,
}: Pick<Results, 'workloads'>): { readonly about: string; readonly verdicts: readonly Verdict[] }[] {
  return GATES.map(({ about, gates }) => ({
    about,
    verdicts: gates.map((gate) => judgeGate(gate, workloads)),
  }))
}

/** A verdict as one line: the outcome, what is asked, what was found. */
export function describeVerdict({ gate, outcome, found }: Verdict): string {
  const figure = found === undefined ? '' : `  ${describeInterval(gate, found)}`
  return `${outcome.padEnd(12)}  ${describeGate(gate)}${figure}`
}

/** What a gate asks for, in words. */
export function describeGate({ workload, row, metric, reference, kind, bound, aim }: Gate): string {
  const format = (figure: number) =>
    reference === undefined ? formatFigure(metric, figure) : formatRatio(figure)
  const words = { atMost: 'at most', atLeast: 'at least', below: 'below' }[kind]
  const unit = reference === undefined ? '' : ` × ${reference}`
  const goal = aim === undefined ? '' : ` (aim ${format(aim)})`
  return `${workload} ${row}, ${METRICS[metric].label}: ${words} ${format(bound)}${unit}${goal}`
}

/** What was found for a gate: the median and its interval. */
export function describeInterval(gate: Pick<Gate, 'metric' | 'reference'>, found: Interval): string {
  const format = (figure: number) =>
    gate.reference === undefined ? formatFigure(gate.metric, figure) : formatRatio(figure)
  return `${format(found.median)} [${format(found.low)}, ${format(found.high)}]`
}

function findFigure(gate: Gate, workloads: readonly WorkloadResult[]): Interval | undefined {
  const rows = workloads.find(({ name }) => name === gate.workload)?.rows
  const row = rows?.find(({ key }) => key === gate.row)
  if (row === undefined) return undefined
  if (gate.reference === undefined) return intervalOf(valuesOf(row, gate.metric))
  const reference = rows?.find(({ key }) => key === gate.reference)
  return reference === undefined ? undefined : intervalOfRatio(pairsOf(row, reference, gate.metric))
}

function isWithin({ kind, bound }: Gate, figure: number): boolean {
  switch (kind) {
    case 'atMost':
      return figure <= bound
    case 'atLeast':
      return figure >= bound
    case 'below':
      return figure < bound
  }
}
