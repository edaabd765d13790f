// What a run says of itself.
import { SLOW_MS, type Finding, type TargetReport } from './run-target.ts'

/** The lines on one target. */
export function describeReport(report: TargetReport): string {
  const { name, executions, durationMs, inputBytes, slowestMs, memory, depths, notes } = report
  const perSecond = Math.round(executions / (durationMs / 1000))
  const slowest = slowestMs === 0 ? 'below 2 ms' : `${slowestMs.toFixed(1)} ms`
  const lines = [
    `${name}: ${count(executions)} executions, ${count(perSecond)}/s, ${mebibytes(inputBytes)} of input`,
    `  slowest input: ${slowest} of thread CPU time`,
    `  memory at start, warm, end: held ${series(memory, 'heldBytes')}, resident ${series(memory, 'rssBytes')}${report.isMemoryFlat ? '' : ' — NOT FLAT'}`,
    `  reached: ${[...depths]
      .sort(([, a], [, b]) => b - a)
      .map(([depth, times]) => `${depth} ${count(times)}`)
      .join(', ')}`,
    ...notes.map((note) => `  ${note}`),
  ]
  return lines.join('\n')
}

/** What to do about a finding. */
export function describeFinding({ target, kind, seed, input, message }: Finding, file: string): string {
  const hex = Buffer.from(input).toString('hex')
  const shown = hex.length > 2000 ? `${hex.slice(0, 2000)}… (all of it in the file)` : hex
  return `${kind} in ${target}, seed ${seed}: ${message}\n  input: ${shown}\n  replay it with: pnpm fuzz --replay ${file}`
}

/** The closing line. */
export function summarize(reports: readonly TargetReport[]): string {
  const executions = reports.reduce((sum, report) => sum + report.executions, 0)
  const findings = reports.flatMap((report) => report.findings)
  const crashes = findings.filter(({ kind }) => kind === 'crash').length
  const slow = findings.length - crashes
  const memory = reports.every(({ isMemoryFlat }) => isMemoryFlat) ? 'memory flat' : 'MEMORY GROWS'
  return `fuzz: ${count(executions)} executions, ${crashes} crashes, ${slow} slow inputs (> ${SLOW_MS} ms), ${memory}`
}

/** Whether nothing is wrong. */
export function isClean(reports: readonly TargetReport[]): boolean {
  return reports.every(({ findings, isMemoryFlat }) => findings.length === 0 && isMemoryFlat)
}

function series(memory: TargetReport['memory'], key: 'heldBytes' | 'rssBytes'): string {
  return [memory.start, memory.warm, memory.end].map((moment) => mebibytes(moment[key])).join(' → ')
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}

function count(value: number): string {
  return value.toLocaleString('en').replaceAll(',', ' ')
}
