// `roomcast contract check` and `roomcast contract write`: what a change of the contract does to clients that are out there.
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import {
  compareContracts,
  describeContract,
  type Contract,
  type ContractChange,
  type ContractDescription,
} from '@roomcast/protocol'

/** Where the command runs. */
export interface CliEnvironment {
  /** Loads a module by its absolute path. */
  readonly load: (path: string) => Promise<Record<string, unknown>>
  readonly print: (line: string) => void
  /** What relative paths are relative to. */
  readonly directory: string
}

/** What went wrong, in words for the user. */
class CliError extends Error {}

const USAGE = `usage: roomcast contract check MODULE [--descriptor FILE] [--export NAME]
       roomcast contract write MODULE [--descriptor FILE] [--export NAME]

check   compares the contract with the committed descriptor; fails if clients that were built with that would break and
        the contract's version is still the same
write   writes the descriptor, to be committed

MODULE      the module that exports the contract; of TypeScript, if your Node runs it (22.18 and newer do)
FILE        roomcast.contract.json unless it is given
NAME        contract, or else default, unless it is given`

interface Wish {
  readonly action: 'check' | 'write'
  readonly module: string
  readonly descriptor: string
  readonly name: string | undefined
}

/** Runs the command. Resolves to its exit code: 0, or 1 if the check fails, or 2 for what cannot be done. */
export async function runCli(args: readonly string[], environment: CliEnvironment): Promise<number> {
  try {
    const wish = parse(args)
    if (wish === undefined) {
      environment.print(USAGE)
      return 0
    }
    const contract = describeContract(await loadContract(wish, environment))
    return wish.action === 'write'
      ? await write(wish, contract, environment)
      : await check(wish, contract, environment)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    environment.print(error.message)
    return 2
  }
}

/** `undefined` for those who ask how. @throws {CliError} for what is no command. */
function parse(args: readonly string[]): Wish | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        descriptor: { type: 'string', default: 'roomcast.contract.json' },
        export: { type: 'string' },
      },
    })
    if (values.help === true) return undefined
    const [subject, action, module, ...rest] = positionals
    if (subject === 'contract' && (action === 'check' || action === 'write') && module && rest.length === 0) {
      return { action, module, descriptor: values.descriptor, name: values.export }
    }
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
  }
  throw new CliError(USAGE)
}

/** @throws {CliError} if there is none. */
async function loadContract({ module, name }: Wish, { load, directory }: CliEnvironment): Promise<Contract> {
  const exported = await load(resolve(directory, module)).catch((error: unknown) => {
    throw new CliError(
      `${module} could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
    )
  })
  const names = name === undefined ? ['contract', 'default'] : [name]
  const found = names.map((each) => exported[each]).find(isContract)
  if (found) return found
  throw new CliError(
    `${module} exports no contract called ${names.join(' or ')}; it exports ${Object.keys(exported).join(', ') || 'nothing'}.`,
  )
}

function isContract(value: unknown): value is Contract {
  return typeof value === 'object' && value !== null && 'version' in value && 'channels' in value
}

async function write(
  { descriptor }: Wish,
  contract: ContractDescription,
  { print, directory }: CliEnvironment,
): Promise<number> {
  await writeFile(resolve(directory, descriptor), `${JSON.stringify(contract, null, 2)}\n`)
  print(`Wrote version ${contract.version} of the contract to ${descriptor}. Commit it.`)
  return 0
}

async function check(
  { module, descriptor }: Wish,
  contract: ContractDescription,
  { print, directory }: CliEnvironment,
): Promise<number> {
  const committed = await readDescriptor(resolve(directory, descriptor), descriptor, module)
  const changes = compareContracts(committed, contract)
  for (const change of changes) print(format(change))
  const breaking = changes.filter(({ isBreaking }) => isBreaking).length
  const isRaised = contract.version > committed.version
  if (breaking > 0 && !isRaised) {
    print(
      `\nClients of version ${committed.version} would break (${breaking}). Raise the contract's \`version\`, let the server accept the older one only if it still serves it, then: roomcast contract write ${module}`,
    )
    return 1
  }
  print(summaryOf(changes, isRaised, module))
  return 0
}

function summaryOf(changes: readonly ContractChange[], isRaised: boolean, module: string): string {
  if (changes.length === 0 && !isRaised)
    return 'The contract is what its descriptor says, as far as clients can see.'
  return `\nNothing breaks in silence. To have the next check begin from here: roomcast contract write ${module}`
}

const format = ({ place, message, isBreaking }: ContractChange): string =>
  `${isBreaking ? 'BREAKING ' : 'fine     '} ${place}: ${message}`

/** @throws {CliError} if it is not there, or is none. */
async function readDescriptor(path: string, name: string, module: string): Promise<ContractDescription> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new CliError(`There is no ${name} yet. Write and commit it: roomcast contract write ${module}`)
  })
  try {
    const value = JSON.parse(text) as unknown
    if (isContract(value)) return value as unknown as ContractDescription
  } catch {
    // Said below.
  }
  throw new CliError(`${name} is not what \`roomcast contract write\` writes.`)
}
