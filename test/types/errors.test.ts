// Holds the texts that the compiler shows for common mistakes. They are part of the product: each has to name what the
// user wrote and what would be right, without printing the schema of the whole application.
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const fixtures = readdirSync(join(here, 'fixtures')).map((file) => join(here, 'fixtures', file))

const options = ts.parseJsonConfigFileContent(
  { extends: '../tsconfig.json', files: [] },
  ts.sys,
  here,
).options
const program = ts.createProgram(fixtures, options)

/** What the compiler says about one file: each line of code followed by its errors. */
function errorsOf(path: string): readonly string[] {
  const source = program.getSourceFile(path)!
  return program.getSemanticDiagnostics(source).map(({ start = 0, messageText }) => {
    const { line } = source.getLineAndCharacterOfPosition(start)
    const code = source.text.split('\n')[line]!.trim()
    const text = ts.flattenDiagnosticMessageText(messageText, '\n').replaceAll(root, '')
    return `${code}\n${text.replace(/^/gm, '    ')}\n`
  })
}

describe('the compiler', () => {
  it('accepts the contract, server and client that the mistakes are made with', () => {
    expect(errorsOf(join(here, 'fixtures/contract.ts'))).toEqual([])
  })

  it.each(fixtures.map((path) => basename(path, '.ts')).filter((name) => name !== 'contract'))(
    'explains: %s',
    async (name) => {
      const errors = errorsOf(join(here, 'fixtures', `${name}.ts`))
      expect(errors).not.toEqual([])
      await expect(errors.join('\n')).toMatchFileSnapshot(`__snapshots__/${name}.txt`)
    },
  )
})
