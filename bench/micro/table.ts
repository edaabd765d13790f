// The tables that the micro-benchmarks print.
import { intervalOf } from '../report/interval.ts'
import { costOf, judgeCase, type CaseFigures } from './figures.ts'

/** What each case costs. */
export function costTable(cases: readonly CaseFigures[]): string {
  return align([
    ['subject', 'case', 'ns', 'interval', 'for each'],
    ...cases.map((figures) => {
      const { median, low, high } = costOf(figures)
      return [figures.subject, figures.name, nanos(median), `${nanos(low)}–${nanos(high)}`, figures.unit]
    }),
  ])
}

/** What each case costs in both trees, the ratio of this one to the base, and what may be said of it. */
export function comparisonTable(cases: readonly CaseFigures[]): string {
  return align([
    ['subject', 'case', 'base ns', 'now ns', 'ratio', 'interval', '', 'for each'],
    ...cases.map((figures) => {
      const { ratio, verdict } = judgeCase(figures)
      const base = intervalOf(figures.pairs.map(([, reference]) => reference))
      return [
        figures.subject,
        figures.name,
        base === undefined ? '–' : nanos(base.median),
        nanos(costOf(figures).median),
        ratio === undefined ? '–' : ratio.median.toFixed(2),
        ratio === undefined ? '–' : `${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)}`,
        verdict,
        figures.unit,
      ]
    }),
  ])
}

/** Three digits or more: whatever lies beyond is noise. */
function nanos(value: number): string {
  if (value < 10) return value.toFixed(2)
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en')
}

/** Columns of figures to the right, of words to the left. */
function align(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const isFigure = (column: number): boolean => rows.slice(1).every((row) => /^[\d–]/.test(row[column]!))
  const figures = widths.map((_, column) => column > 1 && isFigure(column))
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          figures[column] === true ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
