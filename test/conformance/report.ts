// What a run prints: a table by section and transport, the failures, the cells without a meaning, and the last line.
import { TRANSPORTS, type TransportName } from './host.ts'
import type { Cell } from './item.ts'
import { EXCLUSIONS, numbersIn } from './not-applicable.ts'
import type { Report } from './runner.ts'

/** The chapters of the checklist, by the items in them. */
const CHAPTERS: readonly (readonly [title: string, from: number, to: number])[] = [
  ['RFC 6455 4.2.1 request', 1, 32],
  ['RFC 6455 4.2.2 answer', 33, 45],
  ['RFC 6455 5.1, 5.3 masking', 46, 49],
  ['RFC 6455 5.2 framing', 50, 63],
  ['RFC 6455 5.4 fragmentation', 64, 74],
  ['RFC 6455 5.5 control frames', 75, 84],
  ['RFC 6455 5.5.1, 7 closing', 85, 106],
  ['RFC 6455 5.6, 8.1 data, UTF-8', 107, 112],
  ['RFC 6455 10.4, 10.7 robustness', 113, 120],
  ['RFC 7692 5, 7.1 negotiation', 121, 135],
  ['RFC 7692 6, 7.2, 8 data', 136, 148],
  ['RFC 8441', 149, 168],
]

/** Passed / failed / n/a for each section and transport. */
export function tableOf({ outcomes, notApplicable }: Report): string {
  const row = (title: string, isIn: (cell: Cell) => boolean): string => {
    const columns = TRANSPORTS.map((transport) => {
      const here = (cell: Cell): boolean => isIn(cell) && cell.transport === transport
      const cells = outcomes.filter(here)
      const failed = cells.filter(({ failure }) => failure !== undefined).length
      const counts = [cells.length - failed, failed, notApplicable.filter(here).length]
      return counts.map((count) => String(count).padStart(5)).join('')
    })
    return `${title.padEnd(32)}${columns.map((column) => ` |${column}`).join('')}`
  }
  const heads = TRANSPORTS.map((transport) => ` | ${transport}: pass fail n/a`.padEnd(17).slice(0, 17))
  return [
    `${''.padEnd(32)}${TRANSPORTS.map((transport) => ` |${transport.padStart(9).padEnd(15)}`).join('')}`,
    `${''.padEnd(32)}${heads.map(() => ' | pass fail  n/a').join('')}`,
    ...CHAPTERS.map(([title, from, to]) =>
      row(title, ({ item }) => item.number >= from && item.number <= to),
    ),
    row('all', () => true),
  ].join('\n')
}

/** One paragraph for each failure. */
export function failuresOf({ outcomes }: Report): string {
  return outcomes
    .filter(({ failure }) => failure !== undefined)
    .sort((a, b) => a.item.number - b.item.number)
    .map(
      ({ item, transport, chopping, failure }) =>
        `FAILED ${item.number} (${item.section}, ${item.level}) over ${transport}, ${chopping}: ${item.statement}\n` +
        `  expected ${failure!.expected}\n  got      ${failure!.got}`,
    )
    .join('\n')
}

/** The table of cells without a meaning. */
export function exclusionsOf(): string {
  return EXCLUSIONS.map(({ items, transports, choppings, reason }) => {
    const cells = numbersIn(items).length * transports.length * choppings.length
    return `n/a ${items} over ${transports.join(', ')}; ${choppings.join(', ')} (${cells} cells)\n    ${reason}`
  }).join('\n')
}

/** The items whose cells took longest, for whoever wants the run to be faster. */
export function slowestOf({ outcomes }: Report, count: number): string {
  return [...outcomes]
    .sort((a, b) => b.durationMs - a.durationMs)
    .slice(0, count)
    .map(
      ({ item, transport, chopping, durationMs }) =>
        `${item.number} ${transport} ${chopping} ${Math.round(durationMs)} ms`,
    )
    .join('\n')
}

/** How many passed and failed. */
export function countsOf({ outcomes }: Report): { passed: number; failed: number } {
  const failed = outcomes.filter(({ failure }) => failure !== undefined).length
  return { passed: outcomes.length - failed, failed }
}

export function isTransport(name: string): name is TransportName {
  return TRANSPORTS.some((transport) => transport === name)
}
