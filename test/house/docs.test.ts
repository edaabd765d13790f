// Holds the reference tables to the code, in both directions, and every relative link to a file that exists.
// `UPDATE_DOCS=1 npx vitest run test/house/docs` rewrites the tables.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  CLOSE_CODES,
  ERROR_CODES,
  UNSUBSCRIBE_CODES,
  shouldReconnect,
  shouldResubscribe,
} from '@roomcast/protocol/wire'
import * as prettier from 'prettier'
import { describe, expect, it } from 'vitest'
import { DEFAULT_SESSION_LIMITS } from '../../packages/server/src/session/session-limits.ts'
import { protocolErrors } from '../../packages/server/src/websocket/protocol/protocol-error.ts'
import { DEFAULT_WEBSOCKET_LIMITS } from '../../packages/server/src/websocket/websocket-limits.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const yes = (value: boolean): string => (value ? 'yes' : 'no')

/** A Markdown table. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** The comments of a table of codes in our sources, by name: `/** why *\/ name: 4000,`. */
function commentsIn(path: string): ReadonlyMap<string, string> {
  const entries = read(path).matchAll(/\/\*\* ([^\n]+) \*\/\n\s+(\w+): \d+,/g)
  return new Map(Array.from(entries, ([, comment, name]) => [name!, comment!]))
}

/** Rows of a table of codes, each explained by its comment in the source. */
function codeRows(
  codes: Readonly<Record<string, number>>,
  path: string,
  again: (code: number) => boolean,
): readonly (readonly string[])[] {
  const comments = commentsIn(path)
  return Object.entries(codes).map(([name, code]) => [
    String(code),
    `\`${name}\``,
    yes(again(code)),
    comments.get(name) ?? 'NOT EXPLAINED IN THE SOURCE',
  ])
}

/** The fields of an interface in our sources with their comments: `readonly name: type` below its comment. */
function fieldRows(path: string, name: string): readonly (readonly string[])[] {
  const body = new RegExp(`export interface ${name}\\b[^{]*\\{([^]*?)\\n\\}`).exec(read(path))?.[1] ?? ''
  const fields = body.matchAll(/\/\*\*([^]*?)\*\/\s+readonly (\w+)\??:/g)
  return Array.from(fields, ([, comment, field]) => {
    const text = comment!
      .replace(/\n\s*\*/g, '')
      .replace(/\s+/g, ' ')
      .trim()
    const [meaning, value = 'NOT EXPLAINED: no default'] = text.split('@default ')
    return [`\`${field}\``, value.replace(/\.$/, ''), meaning!.trim()]
  })
}

const RFC_CODES: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1006: 'no close frame arrived: the connection was lost',
  1007: 'a text that is not UTF-8',
  1008: 'policy violation',
  1009: 'message too big',
  1011: 'internal error',
  1012: 'service restart: the server is being deployed',
  1013: 'try again later',
}

const tables: Readonly<Record<string, { readonly file: string; readonly text: string }>> = {
  errors: {
    file: 'docs/reference/errors.md',
    text: table(
      ['Code', 'Meaning', 'Raised by', 'Temporary'],
      Object.entries(ERROR_CODES).map(([code, { message, raisedBy, temporary }]) => [
        `\`${code}\``,
        message,
        raisedBy,
        yes(temporary),
      ]),
    ),
  },
  'close codes': {
    file: 'docs/reference/close-codes.md',
    text: table(
      ['Code', 'Name', 'Connects again', 'Why'],
      codeRows(CLOSE_CODES, 'packages/protocol/src/codes/close-codes.ts', shouldReconnect),
    ),
  },
  'rfc codes': {
    file: 'docs/reference/close-codes.md',
    text: table(
      ['Code', 'Connects again', 'Meaning'],
      Object.entries(RFC_CODES).map(([code, meaning]) => [code, yes(shouldReconnect(Number(code))), meaning]),
    ),
  },
  'session limits': {
    file: 'SECURITY.md',
    text: table(
      ['`limits`', 'Default', 'What it bounds'],
      fieldRows('packages/server/src/session/session-limits.ts', 'SessionLimits'),
    ),
  },
  'connection limits': {
    file: 'SECURITY.md',
    text: table(
      ['`webSocket`', 'Default', 'What it bounds'],
      fieldRows('packages/server/src/websocket/websocket-limits.ts', 'WebSocketLimits'),
    ),
  },
  'websocket errors': {
    file: 'docs/reference/websocket-errors.md',
    text: table(
      ['Code', 'Close code', 'Text'],
      Object.values(protocolErrors).map(({ code, closeCode, message }) => [
        `\`${code}\``,
        String(closeCode),
        message,
      ]),
    ),
  },
  'unsubscribe codes': {
    file: 'docs/reference/close-codes.md',
    text: table(
      ['Code', 'Name', 'Subscribes again', 'Why'],
      codeRows(UNSUBSCRIBE_CODES, 'packages/protocol/src/codes/unsubscribe-codes.ts', shouldResubscribe),
    ),
  },
}

/** A page with the rows between the marks of a table replaced, as `pnpm format` writes it. */
async function withRows(page: string, name: string, text: string): Promise<string> {
  const open = `<!-- rows: ${name} -->`
  const start = page.indexOf(open)
  const end = page.indexOf('<!-- end -->', start)
  if (start < 0 || end < 0) throw new Error(`The page has no "${open} … <!-- end -->".`)
  const config = await prettier.resolveConfig(join(root, 'README.md'))
  const whole = `${page.slice(0, start)}${open}\n\n${text}\n\n${page.slice(end)}`
  return prettier.format(whole, { ...config, parser: 'markdown' })
}

describe('reference tables', () => {
  it.each(Object.keys(tables))('of %s are those of the code', async (name) => {
    const { file, text } = tables[name]!
    const page = read(file)
    const expected = await withRows(page, name, text)
    if (process.env.UPDATE_DOCS) writeFileSync(join(root, file), expected)
    else expect(page).toBe(expected)
  })

  it('have a row for each limit', () => {
    const rows = (name: string): number => tables[name]!.text.split('\n').length - 2
    expect(rows('session limits')).toBe(Object.keys(DEFAULT_SESSION_LIMITS).length)
    expect(rows('connection limits')).toBe(Object.keys(DEFAULT_WEBSOCKET_LIMITS).length)
  })

  it('explain every code', () => {
    for (const { text } of Object.values(tables)) expect(text).not.toContain('NOT EXPLAINED')
  })
})

/** All Markdown below a folder that is ours. */
function pagesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory())
      return ['node_modules', 'dist', '.git'].includes(entry.name) ? [] : pagesBelow(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

/** The targets of inline links and images outside of code. */
function linksIn(markdown: string): readonly string[] {
  const prose = markdown.replace(/^(```|~~~)[^]*?^\1/gm, '').replace(/`[^`\n]*`/g, '')
  return Array.from(prose.matchAll(/\]\(\s*<?([^)\s>]+)/g), ([, target]) => target!)
}

describe('links', () => {
  it('are found where they are links', () => {
    const markdown = 'a [b](c.md#d "e") ![f](<g.png>) `[h](i)`\n```\n[j](k)\n```\n[l](m)'
    expect(linksIn(markdown)).toEqual(['c.md#d', 'g.png', 'm'])
  })

  it.each(pagesBelow(''))('of %s lead to files', (page) => {
    const relative = linksIn(read(page)).filter((target) => !/^([a-z]+:|#)/i.test(target))
    const broken = relative.filter((target) => {
      const path = decodeURI(target.replace(/[#?].*$/, ''))
      return !existsSync(path.startsWith('/') ? join(root, path) : join(root, dirname(page), path))
    })
    expect(broken).toEqual([])
  })
})
