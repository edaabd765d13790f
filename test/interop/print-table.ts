// The table as text: a block for each group, then why some cells do not apply, then what failed.
import type { Group } from './rows.ts'
import type { Cell, Result } from './run-table.ts'

const WORDS: Record<Result['status'], string> = { ok: 'ok', failed: 'FAIL', 'n/a': 'n/a', 'not run': '-' }

/** How many cells have this result. */
export const countOf = (cells: readonly Cell[], status: Result['status']): number =>
  cells.filter(({ result }) => result.status === status).length

/** One line for each peer, one column for each check. */
export function tableOf({ title, rows, checks }: Group, cells: readonly Cell[]): string {
  const find = (peer: string, check: string): string => {
    const cell = cells.find((other) => other.peer === peer && other.check === check)
    return cell ? WORDS[cell.result.status] : ''
  }
  const lines = [
    [title, ...checks.map(({ name }) => name)],
    ...rows.map(({ peer }) => [peer, ...checks.map(({ name }) => find(peer, name))]),
  ]
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
  return lines
    .map((line) =>
      line
        .map((word, column) => word.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Why cells do not apply or were not run: one line for each peer and reason. */
export function reasonsIn(cells: readonly Cell[]): string {
  return summarize(cells, ({ status, ...rest }) =>
    (status === 'n/a' || status === 'not run') && 'reason' in rest ? `${status}: ${rest.reason}` : undefined,
  )
}

/** What failed, with what was found. */
export function failuresIn(cells: readonly Cell[]): string {
  return summarize(cells, (result) =>
    result.status === 'failed' ? `FAILED: ${explain(result.error)}` : undefined,
  )
}

/** One line for each peer and text that its results give, with the checks that it is about. */
function summarize(cells: readonly Cell[], textOf: (result: Result) => string | undefined): string {
  const checksByLine = new Map<string, string[]>()
  for (const { peer, check, result } of cells) {
    const text = textOf(result)
    if (text === undefined) continue
    const line = `${peer}: ${text}`
    checksByLine.set(line, [...(checksByLine.get(line) ?? []), check])
  }
  return Array.from(checksByLine, ([line, checks]) => `${line} (${checks.join(', ')})`).join('\n')
}

/** An error and its causes. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\n  because: ${explain(error.cause)}`
  return `${error.message}${cause}`
}
