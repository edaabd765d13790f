// Where results, the chart and the document are.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fillDocument } from './documents.ts'
import { drawResults } from './results-chart.ts'
import { readResults, type Results } from './results.ts'

const RESULTS = join(import.meta.dirname, '../results')
const DOCS = join(import.meta.dirname, '../../docs')
const DOCUMENT = join(DOCS, 'performance.md')
const CHART = join(DOCS, 'images/performance.svg')

/** Whole runs are named by their day, the second of a day with `-2` behind it, and so on; all others say that they are parts, and when, and are not kept in the repository. */
const WHOLE = /^(\d{4}-\d\d-\d\d)(?:-(\d+))?\.json$/

/** The name of the file for a run, none of those that are `taken`. */
export function resultsName(date: string, isWhole: boolean, taken: readonly string[]): string {
  const day = date.slice(0, 10)
  const name = isWhole ? day : `part-${day}-${date.slice(11, 19).replaceAll(':', '')}`
  let candidate = `${name}.json`
  for (let number = 2; taken.includes(candidate); number++) candidate = `${name}-${number}.json`
  return candidate
}

/** The name of the whole run that was made last, if there is one. */
export function lastWholeRun(names: readonly string[]): string | undefined {
  const runs = names.flatMap((name) => {
    const [, day, number = '1'] = WHOLE.exec(name) ?? []
    return day === undefined ? [] : [{ name, day, number: Number(number) }]
  })
  return runs.sort((a, b) => a.day.localeCompare(b.day) || a.number - b.number).at(-1)?.name
}

/** Writes results and their chart beside each other. @returns the file of the results */
export function writeResults(results: Results, isWhole: boolean): string {
  mkdirSync(RESULTS, { recursive: true })
  const file = join(RESULTS, resultsName(results.date, isWhole, readdirSync(RESULTS)))
  writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`)
  writeFileSync(file.replace(/\.json$/, '.svg'), drawResults(results))
  return file
}

/**
 * Writes the tables and the chart of docs/performance.md anew.
 *
 * @returns the name of the results that they show; undefined, with nothing written, if there has been no whole run
 */
export function writeDocuments(): string | undefined {
  const last = lastWholeRun(existsSync(RESULTS) ? readdirSync(RESULTS) : [])
  if (last === undefined) return undefined
  const results = readResults(join(RESULTS, last))
  writeFileSync(DOCUMENT, fillDocument(readFileSync(DOCUMENT, 'utf8'), results))
  mkdirSync(dirname(CHART), { recursive: true })
  writeFileSync(CHART, drawResults(results))
  return last
}
