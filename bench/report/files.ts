// Where results, the chart and the document are.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fillDocument } from './documents.ts'
import { drawResults } from './results-chart.ts'
import { readResults, type Results } from './results.ts'

const RESULTS = join(import.meta.dirname, '../results')
const DOCS = join(import.meta.dirname, '../../docs')
const DOCUMENT = join(DOCS, 'performance.md')
const CHART = join(DOCS, 'images/performance.svg')

/** Whole runs are named by their day; all others say that they are parts, and when, and are not kept in the repository. */
const WHOLE = /^\d{4}-\d\d-\d\d\.json$/

/** The name of the file for a run. */
export function resultsName(date: string, isWhole: boolean): string {
  const day = date.slice(0, 10)
  return isWhole ? `${day}.json` : `part-${day}-${date.slice(11, 19).replaceAll(':', '')}.json`
}

/** Writes results and their chart beside each other. @returns the file of the results */
export function writeResults(results: Results, isWhole: boolean): string {
  mkdirSync(RESULTS, { recursive: true })
  const file = join(RESULTS, resultsName(results.date, isWhole))
  writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`)
  writeFileSync(file.replace(/\.json$/, '.svg'), drawResults(results))
  return file
}

/**
 * Writes the tables and the chart of docs/performance.md anew.
 *
 * @returns the name of the results that they show
 * @throws {Error} if there has been no whole run.
 */
export function writeDocuments(): string {
  const names = existsSync(RESULTS) ? readdirSync(RESULTS).filter((name) => WHOLE.test(name)) : []
  const last = names.sort().at(-1)
  if (last === undefined) throw new Error('There are no results of a whole run: run `pnpm bench` first.')
  const results = readResults(join(RESULTS, last))
  writeFileSync(DOCUMENT, fillDocument(readFileSync(DOCUMENT, 'utf8'), results))
  writeFileSync(CHART, drawResults(results))
  return last
}
