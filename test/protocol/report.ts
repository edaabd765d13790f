// What a run prints: a table by section and codec, and the failures.
import { sectionOf, type Outcome } from './item.ts'

const SECTIONS: Readonly<Record<string, string>> = {
  2: 'Connection',
  3: 'Commands',
  4: 'connect',
  5: 'Rooms, streams, recovery',
  6: 'publish, signal, call',
  7: 'Presence',
  8: 'Closing',
  9: 'A whole exchange',
}

/** Passed and failed for each section and codec. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const codecs = [...new Set(outcomes.map(({ codec }) => codec))]
  const row = (title: string, rows: readonly Outcome[]): string => {
    const columns = codecs.map((codec) => {
      const cells = rows.filter((outcome) => outcome.codec === codec)
      const failed = cells.filter(({ failure }) => failure).length
      return ` | ${String(cells.length - failed).padStart(6)} ${String(failed).padStart(6)}`
    })
    return `${title.padEnd(28)}${columns.join('')}`
  }
  return [
    `${''.padEnd(28)}${codecs.map((codec) => ` | ${codec.padEnd(13)}`).join('')}`,
    `${''.padEnd(28)}${codecs.map(() => ' | passed failed').join('')}`,
    ...Object.entries(SECTIONS).map(([section, title]) =>
      row(
        `${section}. ${title}`,
        outcomes.filter(({ item }) => sectionOf(item) === section),
      ),
    ),
    row('all', outcomes),
  ].join('\n')
}

/** One paragraph for each failure. */
export function failuresOf(outcomes: readonly Outcome[]): string {
  return outcomes
    .flatMap(({ item, codec, failure }) =>
      failure
        ? [
            `FAILED ${item.id} over ${codec}: ${item.statement}\n  expected ${failure.expected}\n  got      ${failure.got}`,
          ]
        : [],
    )
    .join('\n')
}
