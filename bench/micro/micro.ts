// `pnpm bench:micro`: the CPU time of small pieces, by themselves or beside another revision. `--help` has the options.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../workloads/options.ts'
import { ProgressLine } from '../workloads/progress.ts'
import { BaseTree, commitOf, defaultRevision } from './base-tree.ts'
import { Figures, judgeCase } from './figures.ts'
import { isOver } from './judge.ts'
import { parseOptions, USAGE, type MicroOptions } from './options.ts'
import { runProgram } from './program.ts'
import { bundle } from './sources.ts'
import { comparisonTable, costTable } from './table.ts'
import { TemporaryFolder } from './temporary-folder.ts'

const SUFFIX = '.bench.ts'
const KNOWN_SUBJECTS = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(SUFFIX))
  .map((name) => name.slice(0, -SUFFIX.length))
  .sort()

/** The programs of one subject. */
interface SubjectPrograms {
  readonly subject: string
  readonly present: string
  /** Undefined if there is no base, or it is too old for all of the subject. */
  readonly base: string | undefined
}

// What is temporary is removed when this process exits, so all that a signal has to do is to end it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))
try {
  await main(parseOptions(process.argv.slice(2), KNOWN_SUBJECTS))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function main(options: MicroOptions): Promise<void> {
  if (options.isHelp) return console.log(`${USAGE}\n\nSubjects: ${KNOWN_SUBJECTS.join(', ')}`)
  const figures = options.isCompared ? await compare(options) : await measureAlone(options)
  for (const { where, reason } of figures.failures) console.error(`\nFAILED ${where}: ${reason}`)
  if (figures.failures.length > 0) process.exitCode = 1
}

async function measureAlone(options: MicroOptions): Promise<Figures> {
  const figures = await measure(options, undefined)
  console.log(`Node ${process.versions.node}; CPU time; medians of ${options.rounds} processes.\n`)
  console.log(costTable(figures.cases))
  return figures
}

async function compare(options: MicroOptions): Promise<Figures> {
  const { revision = defaultRevision() } = options
  const commit = commitOf(revision)
  if (commit === undefined) throw new UsageError(`git knows no revision ${JSON.stringify(revision)}.`)
  const base = new BaseTree(commit)
  try {
    const figures = await measure(options, base.path)
    console.log(
      `Node ${process.versions.node}; CPU time; base: ${revision} (${commit.slice(0, 10)}); ${options.rounds} pairs.\n`,
    )
    console.log(comparisonTable(figures.cases))
    const over = figures.cases.filter((one) => isOver(judgeCase(one), options.failOver))
    for (const { subject, name } of over)
      console.error(`Slower than ${options.failOver}: ${subject}, ${name}`)
    if (over.length > 0) process.exitCode = 1
    return figures
  } finally {
    base[Symbol.dispose]()
  }
}

/** The rounds, each of them through all subjects. Which tree goes first changes with the rounds, and so favours neither. */
async function measure({ subjects, rounds }: MicroOptions, baseTree: string | undefined): Promise<Figures> {
  const folder = new TemporaryFolder('roomcast-micro-')
  const line = new ProgressLine()
  try {
    const programs: SubjectPrograms[] = []
    for (const subject of subjects) programs.push(await makePrograms(subject, folder.path, baseTree))
    const figures = new Figures()
    for (let round = 0; round < rounds; round++) {
      for (const { subject, present, base } of programs) {
        line.show(`round ${round + 1} of ${rounds}: ${subject}`, subject === subjects[0])
        const runBase = () => (base === undefined ? undefined : runProgram(base))
        const isBaseFirst = round % 2 === 0
        const before = isBaseFirst ? await runBase() : undefined
        const reports = await runProgram(present)
        figures.add(subject, reports, isBaseFirst ? before : await runBase())
      }
    }
    line.clear()
    return figures
  } finally {
    folder[Symbol.dispose]()
  }
}

async function makePrograms(
  subject: string,
  folder: string,
  baseTree: string | undefined,
): Promise<SubjectPrograms> {
  const benchFile = join(import.meta.dirname, subject + SUFFIX)
  const present = join(folder, `${subject}.mjs`)
  await bundle({ benchFile, outfile: present })
  if (baseTree === undefined) return { subject, present, base: undefined }
  const base = join(folder, `${subject}.base.mjs`)
  const lacks = await bundle({ tree: baseTree, benchFile, outfile: base })
  if (lacks !== undefined) console.error(`The base cannot run ${subject}: ${lacks}`)
  return { subject, present, base: lacks === undefined ? base : undefined }
}
