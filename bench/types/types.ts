// Measures what a contract of 200 channels asks of the compiler, and fails when that grows beyond the budget.
// Counts are the budget because they are the same on every machine; seconds and megabytes are printed for people.
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import ts from 'typescript'
import { generateClient, generateContract, generateServer } from './generate.ts'

const CHANNELS = 200

/** The sources exist only in memory, in a folder from which the packages of the workspace resolve. */
const FOLDER = join(import.meta.dirname, 'generated')
const CONTRACT = join(FOLDER, 'contract.ts')
const SERVER = join(FOLDER, 'server.ts')
const CLIENT = join(FOLDER, 'client.ts')
const SOURCES: ReadonlyMap<string, string> = new Map([
  [CONTRACT, generateContract(CHANNELS)],
  [SERVER, generateServer(CHANNELS)],
  [CLIENT, generateClient(CHANNELS)],
])

/** Type instantiations: about a fifth above what was measured when the line was last changed. */
const CASES = [
  { name: 'contract', files: [CONTRACT], maxInstantiations: 540_000 },
  { name: 'with server', files: [CONTRACT, SERVER], maxInstantiations: 830_000 },
  { name: 'with client', files: [CONTRACT, CLIENT], maxInstantiations: 885_000 },
] as const

const options = ts.parseJsonConfigFileContent(
  { extends: '../tsconfig.json', compilerOptions: { types: [] }, files: [] },
  ts.sys,
  import.meta.dirname,
).options

function createHost(): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  return {
    ...host,
    directoryExists: (path) => path === FOLDER || host.directoryExists!(path),
    fileExists: (path) => SOURCES.has(path) || host.fileExists(path),
    readFile: (path) => SOURCES.get(path) ?? host.readFile(path),
    getSourceFile(path, languageVersion) {
      const text = SOURCES.get(path)
      if (text === undefined) return host.getSourceFile(path, languageVersion)
      return ts.createSourceFile(path, text, languageVersion)
    },
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
const idleHeapBytes = process.memoryUsage().heapUsed

interface Measurement {
  readonly instantiations: number
  readonly types: number
  readonly checkMs: number
  readonly megabytes: number
}

/** Checks the given files as an editor would: the packages they import are loaded, but only they are reported on. */
function measure(files: readonly string[]): Measurement {
  const program = ts.createProgram(files, options, createHost())
  const start = performance.now()
  const problems = files.flatMap((path) => program.getSemanticDiagnostics(program.getSourceFile(path)))
  const checkMs = performance.now() - start
  if (problems.length > 0) {
    console.error(ts.formatDiagnostics(problems.slice(0, 5), createHost()))
    throw new Error(`The generated sources have ${problems.length} type errors.`)
  }
  collectGarbage()
  const heapBytes = process.memoryUsage().heapUsed - idleHeapBytes
  return {
    instantiations: program.getInstantiationCount(),
    types: program.getTypeCount(),
    checkMs,
    megabytes: heapBytes / 2 ** 20,
  }
}

const cell = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 0 }).padStart(16)

console.log(`A contract of ${CHANNELS} channels, TypeScript ${ts.version}:`)
console.log(
  ' '.repeat(12) +
    ['instantiations', 'budget', 'types', 'check, ms', 'heap, MB'].map((head) => head.padStart(16)).join(''),
)
for (const { name, files, maxInstantiations } of CASES) {
  const { instantiations, types, checkMs, megabytes } = measure(files)
  const cells = [instantiations, maxInstantiations, types, checkMs, megabytes].map(cell)
  console.log(name.padEnd(12) + cells.join(''))
  if (instantiations > maxInstantiations) {
    console.error(`${name}: over the budget. If the cost is worth it, raise the budget in the same commit.`)
    process.exitCode = 1
  }
}
