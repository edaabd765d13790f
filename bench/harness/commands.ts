// What the load generator reads: the name of a command, lines of key=value, and an empty line.
import type { Capture, Dialect, HelloStep } from './dialect.ts'
import type { WindowOptions } from './window.ts'

/** The fields of a command, in order; keys may come more than once. */
export type CommandFields = readonly (readonly [key: string, value: string | number | boolean])[]

/** The text of a command. Backslashes and line ends of values are escaped, and flags are 1 or 0. */
export function writeCommand(name: string, fields: CommandFields): string {
  const lines = fields.map(
    ([key, value]) => `${key}=${escape(String(typeof value === 'boolean' ? +value : value))}\n`,
  )
  return `${name}\n${lines.join('')}\n`
}

/** The fields that every window has. */
export const windowFields = ({ seconds, warmUpSeconds = 0 }: WindowOptions): CommandFields => [
  ['seconds', seconds],
  ['warmUp', warmUpSeconds],
]

/** Connections to open. */
export interface OpenOptions {
  readonly port: number
  /** The process whose CPU time is the server's. */
  readonly pid: number
  /** Connection c is in room c % rooms. May be 0 for `Group.handshakes`. */
  readonly connections: number
  readonly rooms: number
  readonly dialect: Dialect
  /** How many are on their way at any time. @default 200 */
  readonly atOnce?: number
}

/** The fields of `open`, the dialect among them. */
export function openCommand(id: number, options: OpenOptions): CommandFields {
  const { port, pid, connections, rooms, dialect, atOnce = 200 } = options
  return [
    ['group', id],
    ['port', port],
    ['pid', pid],
    ['connections', connections],
    ['rooms', rooms],
    ['atOnce', atOnce],
    ...dialectFields(dialect),
  ]
}

function dialectFields(dialect: Dialect): CommandFields {
  const { path, headers, opcode, hello, publish, delivery, recovery } = dialect
  const isMember =
    dialect.isPublisherMember ?? (dialect.publisherPath === undefined && dialect.publisherHello === undefined)
  return [
    ['path', path],
    ...headers.map((header) => ['header', header] as const),
    ['opcode', opcode],
    ...helloFields('hello', hello),
    ['publisherPath', dialect.publisherPath ?? path],
    ...helloFields('publisherHello', dialect.publisherHello ?? hello),
    ['publisherIsMember', isMember],
    ['publish', publish],
    ['delivery', delivery],
    ...optional('ack', dialect.ack),
    ...optional('ping', dialect.ping),
    ...optional('pong', dialect.pong),
    ...(recovery?.captures ?? []).map((capture) => ['capture', captureValue(capture)] as const),
    ...helloFields('recoveryHello', recovery?.hello ?? []),
  ]
}

/** Of each step one line to send and one to expect, either of which may be empty. */
const helloFields = (name: string, steps: readonly HelloStep[]): CommandFields =>
  steps.flatMap(({ send = '', expect = '' }) => [
    [`${name}Send`, send],
    [`${name}Expect`, expect],
  ])

const captureValue = ({ name, from, after, until }: Capture): string => [name, from, after, until].join('\t')

const optional = (key: string, value: string | undefined): CommandFields =>
  value === undefined ? [] : [[key, value]]

const escape = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
