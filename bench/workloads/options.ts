// What `pnpm bench` was asked for.
import { parseArgs } from 'node:util'
import { SUBJECTS, SUBJECT_NAMES } from './subjects.ts'
import { keyOf, type Entry } from './entry.ts'
import type { Workload } from './workload.ts'
import { WORKLOADS } from './workloads.ts'

/** A run of the bench, or one of its other errands. */
export interface BenchOptions {
  readonly errand: 'run' | 'list' | 'docs' | 'help'
  /** With only the entries that take part. */
  readonly workloads: readonly Workload[]
  readonly rounds: number
  readonly seconds: number
  /** Whether everything is measured in full, so that the results may stand for the day. */
  readonly isWhole: boolean
}

const FULL = { rounds: 7, seconds: 1.5 }
const QUICK = { rounds: 3, seconds: 0.5 }

/** The peers that `--peers` can name. */
export const PEER_NAMES = SUBJECT_NAMES.filter((name) => !SUBJECTS[name].isOurs)

export const USAGE = `pnpm bench [options]

  --only W1c,W2    only these workloads; W2 is all that begin with W2
  --peers ws,bun   only these peers beside ours; "none" for ours alone; each must take part in what is measured
  --rounds 7       how many turns each subject has
  --seconds 1.5    how long a turn is measured
  --quick          3 rounds of 0.5 s, for a first look
  --list           what there is to measure
  --docs           writes the tables of docs/performance.md anew from the last whole run

Peers: ${PEER_NAMES.join(', ')}
Ours are always there: roomcast is the WebSocket stack alone, roomcast-full has contract validation, positions, history
and acknowledgements on.

A whole run writes bench/results/<date>.json and .svg, any other bench/results/part-<date>-<time>.json and .svg.
Exit codes: 0 all was measured, also if a bound does not hold; 1 something failed or the options make no sense; 130 interrupted.`

/** Words on the command line that make no sense. The message says what would. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** @throws {UsageError} for what is unknown, naming what is known. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const given = readArguments(args)
  const errands = (['help', 'list', 'docs'] as const).filter((name) => given[name] === true)
  const chosen = given.only === undefined ? WORKLOADS : chooseWorkloads(split(given.only))
  const peers = given.peers === undefined ? PEER_NAMES : choosePeers(split(given.peers), chosen)
  const defaults = given.quick === true ? QUICK : FULL
  const rounds = positive('--rounds', given.rounds, defaults.rounds)
  if (!Number.isInteger(rounds)) throw new UsageError('--rounds takes a whole number.')
  const seconds = positive('--seconds', given.seconds, defaults.seconds)
  return {
    errand: errands[0] ?? 'run',
    workloads: chosen.map((workload) => withPeers(workload, peers)),
    rounds,
    seconds,
    isWhole:
      given.only === undefined &&
      given.peers === undefined &&
      rounds >= FULL.rounds &&
      seconds >= FULL.seconds,
  }
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        peers: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        quick: { type: 'boolean' },
        list: { type: 'boolean' },
        docs: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`)
  }
}

const split = (list: string) =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

function chooseWorkloads(names: readonly string[]): Workload[] {
  const chosen = new Set<Workload>()
  for (const name of names) {
    const found = WORKLOADS.filter((workload) => workload.name.toLowerCase().startsWith(name.toLowerCase()))
    if (found.length === 0)
      throw unknown(
        'workload',
        name,
        WORKLOADS.map((workload) => workload.name),
      )
    for (const workload of found) chosen.add(workload)
  }
  if (chosen.size === 0) throw new UsageError('--only names no workload.')
  return WORKLOADS.filter((workload) => chosen.has(workload))
}

function choosePeers(names: readonly string[], workloads: readonly Workload[]): string[] {
  if (names.length === 1 && names[0] === 'none') return []
  if (names.length === 0) throw new UsageError('--peers names no peer; "none" is for ours alone.')
  for (const name of names) {
    if (!PEER_NAMES.some((peer) => peer === name)) throw unknown('peer', name, [...PEER_NAMES, 'none'])
    if (workloads.some(({ entries }) => entries.some(({ subject }) => subject === name))) continue
    const where = workloads.map((workload) => workload.name).join(', ')
    throw new UsageError(`${name} takes no part in ${where}. "--list" shows who does.`)
  }
  return [...names]
}

function withPeers(workload: Workload, peers: readonly string[]): Workload {
  const takesPart = ({ subject }: Entry) =>
    SUBJECTS[subject].isOurs || peers.includes(subject) || workload.always?.includes(subject) === true
  const entries = workload.entries.filter(takesPart)
  const keys = entries.map(keyOf)
  return { ...workload, entries, references: workload.references.filter((key) => keys.includes(key)) }
}

function positive(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const number = Number(text)
  if (!(number > 0) || !Number.isFinite(number)) {
    throw new UsageError(`${name} takes a number above 0, not ${JSON.stringify(text)}.`)
  }
  return number
}

function unknown(kind: string, name: string, known: readonly string[]): UsageError {
  return new UsageError(`There is no ${kind} ${JSON.stringify(name)}. There are: ${known.join(', ')}.`)
}
