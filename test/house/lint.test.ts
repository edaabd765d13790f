// Proves that the rules of the house bite: a copy of the packages passes, and each mistake planted in it is found by
// the rule that is there for it.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const copy = realpathSync(mkdtempSync(join(tmpdir(), 'roomcast-lint-')))
const bin = (name: string): string => join(root, 'node_modules/.bin', name)

interface Finding {
  readonly rule: string
  readonly file: string
}

const byFile = (a: Finding, b: Finding): number => (a.file < b.file ? -1 : 1)

/** Runs a linter in the copy and returns its JSON report. */
function report(name: string, args: readonly string[]): unknown {
  const { stdout, stderr } = spawnSync(bin(name), args, { cwd: copy, encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (stdout === '') throw new Error(`${name} printed no report: ${stderr}`)
  return JSON.parse(stdout) as unknown
}

/** What dependency-cruiser finds in all packages. */
function cruise(): readonly Finding[] {
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'packages']
  const { summary } = report('depcruise', args) as {
    readonly summary: {
      readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[]
    }
  }
  return summary.violations.map(({ from, rule }) => ({ rule: rule.name, file: from })).sort(byFile)
}

/** What ESLint finds in the given files. */
function lint(files: readonly string[]): readonly Finding[] {
  const results = report('eslint', ['--format', 'json', ...files]) as readonly {
    readonly filePath: string
    readonly messages: readonly { readonly ruleId: string | null; readonly message: string }[]
  }[]
  return results
    .flatMap(({ filePath, messages }) =>
      messages.map(({ ruleId, message }) => ({
        rule: ruleId ?? message,
        file: filePath.slice(copy.length + 1),
      })),
    )
    .sort(byFile)
}

const server = 'packages/server/src'

/** A mistake, and the rule that must find it in the first of its files. */
interface Mistake {
  readonly rule: string
  readonly files: Readonly<Record<string, string>>
}

const misplaced: readonly Mistake[] = [
  {
    rule: 'L1-sans-io',
    files: {
      [`${server}/websocket/protocol/planted.ts`]: `import { connect } from 'node:net'\nexport const open = connect\n`,
    },
  },
  {
    rule: 'client-and-server-never-meet',
    files: { 'packages/client/src/planted.ts': `export type { Clock } from '../../server/src/clock.ts'\n` },
  },
  {
    rule: 'hub-does-not-know-session',
    files: { [`${server}/hub/planted.ts`]: `export { Session } from '../session/session.ts'\n` },
  },
  {
    rule: 'no-cycles',
    files: {
      [`${server}/util/planted-a.ts`]: `import { b } from './planted-b.ts'\nexport const a = (): unknown => b\n`,
      [`${server}/util/planted-b.ts`]: `import { a } from './planted-a.ts'\nexport const b = (): unknown => a\n`,
    },
  },
]

const careless: readonly Mistake[] = [
  { rule: 'max-lines', files: { [`${server}/planted-long.ts`]: 'export {}\n'.repeat(501) } },
  {
    rule: '@typescript-eslint/no-floating-promises',
    files: {
      [`${server}/planted-floating.ts`]: 'export function forget(): void {\n  Promise.resolve()\n}\n',
    },
  },
]

const firstFile = ({ files }: Mistake): string => Object.keys(files)[0]!

const expectedOf = (mistakes: readonly Mistake[]): readonly Finding[] =>
  mistakes.map((mistake) => ({ rule: mistake.rule, file: firstFile(mistake) })).sort(byFile)

/** Writes the files of mistakes into the copy, runs a linter, and takes them away again. */
function withPlanted<T>(mistakes: readonly Mistake[], run: () => T): T {
  const files = mistakes.flatMap((mistake) => Object.entries(mistake.files))
  for (const [file, text] of files) writeFileSync(join(copy, file), text)
  try {
    return run()
  } finally {
    for (const [file] of files) rmSync(join(copy, file))
  }
}

const isSource = (path: string): boolean => !['node_modules', 'dist'].includes(basename(path))

beforeAll(() => {
  for (const file of ['package.json', 'eslint.config.js', '.dependency-cruiser.cjs', 'tsconfig.base.json']) {
    cpSync(join(root, file), join(copy, file))
  }
  cpSync(join(root, 'packages'), join(copy, 'packages'), { recursive: true, filter: isSource })
  for (const folder of ['.', ...readdirSync(join(root, 'packages')).map((name) => join('packages', name))]) {
    symlinkSync(join(root, folder, 'node_modules'), join(copy, folder, 'node_modules'), 'junction')
  }
})

afterAll(() => rmSync(copy, { recursive: true, force: true }))

describe('the layers', () => {
  it('are kept by the packages as they are', () => {
    expect(cruise()).toEqual([])
  })

  it('cannot be broken unseen', () => {
    expect(withPlanted(misplaced, cruise)).toEqual(expectedOf(misplaced))
  })
})

describe('the code rules', () => {
  it('find each mistake, and nothing in a file as it is', () => {
    const files = [`${server}/clock.ts`, ...careless.map(firstFile)]
    expect(withPlanted(careless, () => lint(files))).toEqual(expectedOf(careless))
  })
})
