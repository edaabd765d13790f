// Runs the cells: many at a time, those that measure one by one, those about other cells last.
import { Mismatch } from './check.ts'
import type { Host, TransportName } from './host.ts'
import type { Cell, Item, NotApplicable, Outcome } from './item.ts'
import { PLACES, reasonAgainst } from './not-applicable.ts'
import { PATIENCE_MS, within } from './patience.ts'
import { Trial } from './trial.ts'

export interface RunOptions {
  readonly host: Host
  readonly items: readonly Item[]
  /** @default all */
  readonly transports?: readonly TransportName[]
  /** Determines every random choice of the run. */
  readonly seed: number
  /** Called after each cell. */
  readonly onOutcome?: (outcome: Outcome) => void
}

/** What became of all cells. */
export interface Report {
  readonly outcomes: readonly Outcome[]
  readonly notApplicable: readonly NotApplicable[]
}

/** So many at once keep the machine busy while others wait for a deadline. */
const CELLS_AT_ONCE = 24
const CELL_TIMEOUT_MS = 2 * PATIENCE_MS

/** The cells of items, and those without a meaning. */
export function planCells(
  items: readonly Item[],
  transports?: readonly TransportName[],
): { cells: readonly Cell[]; notApplicable: readonly NotApplicable[] } {
  const cells: Cell[] = []
  const notApplicable: NotApplicable[] = []
  for (const item of items) {
    for (const { transport, chopping } of PLACES) {
      if (transports && !transports.includes(transport)) continue
      const reason = reasonAgainst(item.number, transport, chopping)
      if (reason === undefined) cells.push({ item, transport, chopping })
      else notApplicable.push({ item, transport, chopping, reason })
    }
  }
  return { cells, notApplicable }
}

/** Runs items in all cells that have a meaning. */
export async function runItems({ host, items, transports, seed, onOutcome }: RunOptions): Promise<Report> {
  const { cells, notApplicable } = planCells(items, transports)
  const outcomes: Outcome[] = []
  const run = async (cell: Cell): Promise<void> => {
    const outcome = await runCell(cell, { host, seed, outcomes })
    outcomes.push(outcome)
    onOutcome?.(outcome)
  }
  const last = cells.filter(({ item }) => item.after !== undefined)
  const waiting = cells.filter(({ item }) => item.isAlone !== true && item.after === undefined)
  const worker = async (): Promise<void> => {
    for (let cell = waiting.shift(); cell !== undefined; cell = waiting.shift()) await run(cell)
  }
  await Promise.all(Array.from({ length: CELLS_AT_ONCE }, worker))
  for (const cell of cells.filter(({ item }) => item.isAlone === true)) await run(cell)
  for (const cell of last) await run(cell)
  return { outcomes, notApplicable }
}

async function runCell(
  cell: Cell,
  { host, seed, outcomes }: { host: Host; seed: number; outcomes: readonly Outcome[] },
): Promise<Outcome> {
  const { item, transport, chopping } = cell
  const label = `${item.number} ${transport} ${chopping}`
  const trial = await Trial.prepare({ host, transport, chopping, seed, label, outcomes })
  const startedAt = performance.now()
  const failure =
    (await failureOf(() => item.test(trial), 'the end of the test')) ??
    (await failureOf(() => trial.finish(), 'the end of what the test left behind'))
  if (failure) await failureOf(() => trial.finish(), '')
  return { ...cell, failure, durationMs: performance.now() - startedAt }
}

async function failureOf(run: () => Promise<void>, expected: string): Promise<Outcome['failure']> {
  try {
    await within(run(), expected, CELL_TIMEOUT_MS)
    return undefined
  } catch (error) {
    if (error instanceof Mismatch) return { expected: error.expected, got: error.got }
    return {
      expected: 'no error',
      got: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }
  }
}
