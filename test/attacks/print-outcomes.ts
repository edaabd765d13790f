// The table of figures.
import type { AttackCase, Measured } from './attack-case.ts'

export interface Outcome extends Measured {
  readonly attack: AttackCase
  readonly ms: number
}

/** One block of lines per attack, and the closing line. */
export function describeOutcomes(outcomes: readonly Outcome[]): string {
  const blocks = outcomes.map(({ attack, sent, bound, measured, holds, ms }) =>
    [
      `${holds ? 'ok    ' : 'FAILED'} ${attack.id.padEnd(5)} ${attack.name} (${(ms / 1000).toFixed(1)} s)`,
      `         sent      ${sent}`,
      `         bound     ${bound}`,
      `         measured  ${measured}`,
    ].join('\n'),
  )
  const failed = outcomes.filter(({ holds }) => !holds).length
  return [...blocks, `attack: ${outcomes.length - failed} held, ${failed} did not`].join('\n')
}
