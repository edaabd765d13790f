// The TypeScript in our READMEs compiles, each page as one program. What an application brings itself is declared here.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const pages = [
  'README.md',
  'packages/protocol/README.md',
  'packages/server/README.md',
  'packages/client/README.md',
  'docs/guide/websocket.md',
]

/** Where the contract is shown that other pages import. */
const CONTRACT_PAGE = 'packages/protocol/README.md'

/** A file that exists for the compiler only. */
const pathOf = (file: string): string => join(here, 'snippets', file)

/** What snippets take for granted. */
const APPLICATION = `
declare global {
  function verify(token: string | undefined): Promise<{ userId: string; id: string; isAdmin: boolean } | null>
  function mayRead(userId: string, roomId: string): boolean
  function mayWrite(userId: string, roomId: string): Promise<boolean>
  function isTaken(title: string): Promise<boolean>
  function count(change: number): void
  function mask(text: string): string
  function archive(data: unknown): Promise<void>
  function startFeed(roomId: string): void
  function stopFeed(roomId: string): void
  function addChannels(roomcast: object): void
  function render(text: string): void
  function dim(on: boolean): void
  function reloadBecause(reason: string): void
  function fetchToken(): Promise<string>
  function show(userId: string | undefined, text: string): void
  function reloadMessages(): void
  function suggest(name: string): void
  function isKnown(cookie: string | readonly string[] | undefined): Promise<boolean>
  function store(message: string | Uint8Array): Promise<void>
  var app: import('fastify').FastifyInstance
}
export {}
`

/** The snippets of a page as files. One that begins with `// name.ts` is that file; others continue the last one. */
function filesOf(page: string): Map<string, string> {
  const blocks = readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n([^]*?)^```/gm)
  const files = new Map<string, string>([['application.d.ts', APPLICATION]])
  let name = page === CONTRACT_PAGE ? 'contract.ts' : 'snippet.ts'
  for (const [, code] of blocks) {
    name = /^\/\/ (\w+\.ts)/.exec(code!)?.[1] ?? name
    files.set(name, `${files.get(name) ?? ''}${code!}`)
  }
  // A page that imports the contract without showing it means this one.
  if (!files.has('contract.ts')) files.set('contract.ts', filesOf(CONTRACT_PAGE).get(pathOf('contract.ts'))!)
  return new Map([...files].map(([file, code]) => [pathOf(file), `${code}\nexport {}\n`]))
}

function compile(files: ReadonlyMap<string, string>): readonly string[] {
  const { options } = ts.parseJsonConfigFileContent({ extends: '../tsconfig.json', files: [] }, ts.sys, here)
  Object.assign(options, { noUnusedLocals: false, noUnusedParameters: false })
  const host = ts.createCompilerHost(options)
  delete host.directoryExists
  host.fileExists = (path) => files.has(path) || ts.sys.fileExists(path)
  host.readFile = (path) => files.get(path) ?? ts.sys.readFile(path)
  const program = ts.createProgram([...files.keys()], options, host)
  return [...files.keys()].flatMap((path) => {
    const source = program.getSourceFile(path)!
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ start = 0, messageText }) => {
        const { line } = source.getLineAndCharacterOfPosition(start)
        return `${source.text.split('\n')[line]!.trim()}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
      },
    )
  })
}

describe('the snippets', () => {
  it.each(pages.filter((page) => existsSync(join(root, page))))('of %s compile', (page) => {
    expect(compile(filesOf(page))).toEqual([])
  })

  it('would not pass with a mistake in them', () => {
    const files = new Map([
      [
        join(here, 'snippets/wrong.ts'),
        "import { createRoomcast } from '@roomcast/server'\ncreateRoomcast(1)\n",
      ],
    ])
    expect(compile(files)).toHaveLength(1)
  })
})
