// What `pnpm bench:micro` was asked for.
import { parseArgs } from 'node:util'
import { UsageError } from '../workloads/options.ts'

/** A run of the micro-benchmarks. */
export interface MicroOptions {
  /** What is measured, by the names of the bench files. */
  readonly subjects: readonly string[]
  readonly isCompared: boolean
  /** What to compare with. Undefined for the last commit on the main branch. */
  readonly revision: string | undefined
  /** How often each case is measured; of a comparison, the pairs. */
  readonly rounds: number
  /** The ratio from which on a case that is slower fails the run. @default none */
  readonly failOver: number
  readonly isHelp: boolean
}

/** One more than the fewest of which anything may be said; see judge.ts. */
const PAIRS = 7
const ROUNDS_ALONE = 3

export const USAGE = `pnpm bench:micro [options]

  --only parser,mask   only these subjects
  --compare [rev]      beside another revision; by default the last commit on the main branch
  --rounds ${PAIRS}           how often each case is measured (${ROUNDS_ALONE} without --compare)
  --fail-over 1.2      exit code 1 if a case is slower than the base by more than this and its noise
  --help`

/** @throws {UsageError} for what makes no sense, naming what does. */
export function parseOptions(args: readonly string[], known: readonly string[]): MicroOptions {
  const { values, positionals } = readArguments(args)
  const isCompared = values.compare === true
  const [revision, ...others] = positionals
  if (others.length > 0 || (revision !== undefined && !isCompared)) {
    throw new UsageError(`What is ${JSON.stringify(isCompared ? others[0] : revision)}?\n\n${USAGE}`)
  }
  if (values['fail-over'] !== undefined && !isCompared) throw new UsageError('--fail-over needs --compare.')
  const rounds = numberOf('--rounds', values.rounds) ?? (isCompared ? PAIRS : ROUNDS_ALONE)
  if (!Number.isInteger(rounds)) throw new UsageError('--rounds takes a whole number.')
  return {
    subjects: values.only === undefined ? known : choose(values.only, known),
    isCompared,
    revision,
    rounds,
    failOver: numberOf('--fail-over', values['fail-over']) ?? Infinity,
    isHelp: values.help === true,
  }
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        only: { type: 'string' },
        compare: { type: 'boolean' },
        rounds: { type: 'string' },
        'fail-over': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`)
  }
}

function choose(list: string, known: readonly string[]): string[] {
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length === 0) throw new UsageError('--only names no subject.')
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new UsageError(`There is no subject ${JSON.stringify(unknown)}. There are: ${known.join(', ')}.`)
  }
  return known.filter((name) => names.includes(name))
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (!(number > 0) || !Number.isFinite(number)) {
    throw new UsageError(`${name} takes a number above 0, not ${JSON.stringify(text)}.`)
  }
  return number
}
