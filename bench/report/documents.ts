// Keeps docs/performance.md in step with the results: tables, gates and the heading of the machine stand between markers.
import { describeGate, describeInterval, judge } from './judge.ts'
import { lossesOf } from './losses.ts'
import { formatRatio } from './metrics.ts'
import type { Results } from './results.ts'
import { markdownTable } from './table.ts'
import { workloadCells, workloadNotes } from './workload-table.ts'

const CHART =
  '![CPU per delivery, per message and per connection, and memory per connection, of Roomcast and its peers](images/performance.svg)'

/**
 * Replaces what stands between `<!-- bench:NAME -->` and `<!-- /bench -->` by what the results say about NAME: `machine`,
 * `chart`, `gates`, `losses`, or the name of a workload. What was not measured says so.
 *
 * @throws {Error} for a name that means nothing, or a marker without its end.
 */
export function fillDocument(text: string, results: Results): string {
  const parts = text.split(/(<!-- bench:[\w-]+ -->)/)
  return parts
    .map((part, index) => {
      const name = /^<!-- bench:([\w-]+) -->$/.exec(parts[index - 1] ?? '')?.[1]
      if (name === undefined) return part
      const end = part.indexOf('<!-- /bench -->')
      if (end < 0) throw new Error(`The marker bench:${name} has no end.`)
      return `\n\n${renderPart(name, results)}\n\n${part.slice(end)}`
    })
    .join('')
}

function renderPart(name: string, results: Results): string {
  if (name === 'chart') return CHART
  if (name === 'machine') return renderMachine(results)
  if (name === 'gates') return renderGates(results)
  if (name === 'losses') return renderLosses(results)
  return renderWorkload(name, results)
}

function renderMachine({ date, commit, environment, versions, settings }: Results): string {
  const list = (entries: Readonly<Record<string, string | number>>) =>
    Object.entries(entries).map(([name, value]) => `${name} ${value}`)
  return [
    `Measured on ${date.slice(0, 10)} at commit ${commit}: ${list(environment).join(', ')}.`,
    `Versions: ${list(versions).join(', ')}.`,
    `${settings.rounds} rounds, windows of ${settings.seconds} s or more.`,
  ].join('\n')
}

function renderGates(results: Results): string {
  const rows = judge(results).flatMap(({ about, verdicts }, index) =>
    verdicts.map(({ gate, outcome, found }) => [
      `${index + 1}. ${about}`,
      describeGate(gate),
      found === undefined ? '–' : describeInterval(gate, found),
      outcome,
    ]),
  )
  return markdownTable([['what', 'bound', 'found', ''], ...rows])
}

function renderLosses(results: Results): string {
  const rows = lossesOf(results).map(({ workload, row, peer, figure, ratio }) => [
    `${workload} ${row}`,
    figure,
    peer,
    `${formatRatio(ratio.median)} [${formatRatio(ratio.low)}, ${formatRatio(ratio.high)}]`,
    ratio.low > 1 ? 'dearer' : 'may be a tie',
  ])
  if (rows.length === 0) return 'Nowhere, by the figures that the tables compare.'
  return markdownTable([['ours', 'figure', 'peer', 'ours ÷ peer', ''], ...rows])
}

function renderWorkload(name: string, { workloads }: Results): string {
  const workload = workloads.find((candidate) => candidate.name === name)
  if (workload === undefined) {
    if (!/^W\d/.test(name)) throw new Error(`The marker bench:${name} means nothing.`)
    return 'Not measured in this run.'
  }
  const notes = workloadNotes(workload).map((note) => `- ${note}`)
  const table = markdownTable(workloadCells(workload))
  return [`**${name}**: ${workload.title}.`, table, ...(notes.length > 0 ? [notes.join('\n')] : [])].join(
    '\n\n',
  )
}
