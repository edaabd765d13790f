// `pnpm bench`: our server and its peers in one interleaved run. `--help` has the options, bench/README.md where things are.
import { buildLoadGenerator } from './harness/build-load-generator.ts'
import { describeEnvironment } from './harness/environment.ts'
import { LoadGenerator } from './harness/load-generator.ts'
import { describeRevision } from './harness/revision.ts'
import { RunningSubject } from './harness/subject.ts'
import { peerVersions } from './peers/programs.ts'
import { writeDocuments } from './report/files.ts'
import { describeWorkloads } from './report/list.ts'
import { buildPackages, installPeers } from './workloads/install.ts'
import { parseOptions, USAGE, UsageError, type BenchOptions } from './workloads/options.ts'
import { runBench } from './workloads/run-bench.ts'

try {
  await runErrand(parseOptions(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function runErrand(options: BenchOptions): Promise<void> {
  switch (options.errand) {
    case 'help':
      console.log(USAGE)
      return
    case 'list':
      console.log(describeWorkloads(options.workloads))
      return
    case 'docs':
      showDocuments()
      return
    case 'run':
      await run(options)
  }
}

function showDocuments(): void {
  const shown = writeDocuments()
  if (shown !== undefined) console.log(`docs/performance.md shows ${shown}.`)
  else {
    console.error('There are no results of a whole run in bench/results: run `pnpm bench` first.')
    process.exitCode = 1
  }
}

async function run(options: BenchOptions): Promise<void> {
  // Subjects and the load generator are killed when this process exits, so all that a signal has to do is to end it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      console.log('\nInterrupted; nothing was written.')
      process.exit(130)
    })
  }
  // Before anything of ours keeps the machine busy.
  const [environment, commit] = [describeEnvironment(), describeRevision()]
  // What may be missing for good comes before what takes minutes.
  const program = buildLoadGenerator()
  installPeers()
  buildPackages()
  const generator = await LoadGenerator.start(program)
  try {
    const isWhole = await runBench(options, {
      start: (name, [command = '', ...args]) => RunningSubject.start({ name, command, args }),
      generator,
      environment,
      commit,
      versions: peerVersions(),
    })
    if (!isWhole) process.exitCode = 1
  } finally {
    await generator[Symbol.asyncDispose]()
  }
}
