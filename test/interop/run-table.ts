// Runs the table: starts each peer once, carries out its checks one after the other, a few peers at a time.
import { findMissing } from '../../scripts/setup-interop.mjs'
import type { Check } from './checks/check.ts'
import type { Lacks } from './peer.ts'
import type { Group, Row } from './rows.ts'
import type { OwnServer } from './servers/own-server.ts'

/** More would only wait for each other on a small machine; fewer would wait for idle timeouts. */
const MAX_ROWS_AT_ONCE = 4

export type Result =
  | { readonly status: 'ok' }
  | { readonly status: 'failed'; readonly error: unknown }
  /** The peer cannot do it. */
  | { readonly status: 'n/a'; readonly reason: string }
  /** The peer is not on this machine. */
  | { readonly status: 'not run'; readonly reason: string }

/** One cell of the table. */
export interface Cell {
  readonly peer: string
  readonly check: string
  readonly result: Result
}

/** What of the table to run. */
export interface Selection {
  readonly peer?: string
  readonly check?: string
}

/** Called with all cells of a row when it is done. */
export type OnRow = (row: Row, cells: readonly Cell[], ms: number) => void

/** Runs the groups and resolves with their cells. */
export async function runTable(
  groups: readonly Group[],
  own: OwnServer,
  onRow: OnRow,
): Promise<readonly Cell[]> {
  const missing = new Map(findMissing().map(({ name, packages }) => [name, packages.join(' ')]))
  const waiting = groups.flatMap(({ rows, checks }) => rows.map((row) => ({ row, checks })))
  const cells: Cell[] = []
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { row, checks } = next
      const start = performance.now()
      const packages = missing.get(row.requirement ?? '')
      const done =
        packages === undefined ? await runRow(row, checks, own) : allCells(row, checks, notRun(packages))
      onRow(row, done, performance.now() - start)
      cells.push(...done)
    }
  }
  await Promise.all(Array.from({ length: MAX_ROWS_AT_ONCE }, work))
  return cells
}

async function runRow(row: Row, checks: readonly Check[], own: OwnServer): Promise<readonly Cell[]> {
  let stage
  try {
    stage = await row.start(own)
  } catch (error) {
    return allCells(row, checks, { status: 'failed', error })
  }
  const cells: Cell[] = []
  for (const check of checks) {
    const reason = lackOf(check, stage.lacks)
    const result: Result = reason
      ? { status: 'n/a', reason }
      : await check.run(stage).then(
          () => ({ status: 'ok' }) as const,
          (error: unknown) => ({ status: 'failed', error }) as const,
        )
    cells.push({ peer: row.peer, check: check.name, result })
  }
  await stage[Symbol.asyncDispose]()
  return cells
}

const allCells = ({ peer }: Row, checks: readonly Check[], result: Result): readonly Cell[] =>
  checks.map(({ name: check }) => ({ peer, check, result }))

const notRun = (packages: string): Result => ({
  status: 'not run',
  reason: `not on this machine; on Debian: apt-get install ${packages}`,
})

function lackOf({ needs = [] }: Check, lacks: Lacks): string | undefined {
  return needs.map((ability) => lacks[ability]).find((reason) => reason !== undefined)
}

/** The groups without what was not asked for. */
export function select(groups: readonly Group[], { peer, check }: Selection): readonly Group[] {
  return groups
    .map((group) => ({
      ...group,
      rows: group.rows.filter((row) => peer === undefined || row.peer === peer),
      checks: group.checks.filter(({ name }) => check === undefined || name === check),
    }))
    .filter(({ rows, checks }) => rows.length > 0 && checks.length > 0)
}
