// Who is measured: the program of each subject, and how clients speak to it.
import type { Dialect } from '../harness/dialect.ts'
import { rawDialect, roomcastDialect, socketClusterDialect, socketIoDialect } from '../peers/dialects.ts'
import { bunExecutable, peerProgram } from '../peers/programs.ts'

/** What clients do: nothing, being a member of a room, getting their own messages back, or making requests. */
export type Use = 'idle' | 'room' | 'echo' | 'call'

/** How clients connect. */
export interface DialectOptions {
  readonly use: Use
  /** Whether they offer permessage-deflate; `noTakeover` asks the server to keep no context. */
  readonly deflate: 'none' | 'offered' | 'noTakeover'
}

/** One server that can be measured. */
export interface SubjectDefinition {
  /** In tables and charts. */
  readonly label: string
  readonly isOurs: boolean
  /** The program and its arguments; asked for when the packages are installed. */
  readonly command: () => readonly string[]
  readonly dialect: (options: DialectOptions) => Dialect
}

const node = (program: string, ...args: readonly string[]) => [
  process.execPath,
  '--expose-gc',
  program,
  ...args,
]

const own = (name: string) => new URL(`../subjects/${name}`, import.meta.url).pathname

const peer = (
  label: string,
  file: string,
  dialect: SubjectDefinition['dialect'],
  ...args: readonly string[]
): SubjectDefinition => ({
  label,
  isOurs: false,
  command: () => node(peerProgram(file), ...args),
  dialect,
})

/** Every subject, in the order of the tables. */
export const SUBJECTS = {
  roomcast: {
    label: 'Roomcast, bare stack',
    isOurs: true,
    command: () => node(own('roomcast-bare.mjs')),
    dialect: rawDialect,
  },
  'roomcast-full': {
    label: 'Roomcast, everything on',
    isOurs: true,
    command: () => node(own('roomcast-full.mjs')),
    dialect: roomcastDialect,
  },
  ws: peer('ws', 'ws.mjs', rawDialect),
  'ws-preframed': peer('ws, pre-framed', 'ws-preframed.mjs', rawDialect),
  'ws-corked': peer('ws, pre-framed and corked', 'ws-preframed.mjs', rawDialect, '--cork'),
  'socket.io': peer('Socket.IO', 'socket.io.mjs', socketIoDialect),
  socketcluster: peer('SocketCluster', 'socketcluster.mjs', socketClusterDialect),
  bun: {
    label: 'Bun',
    isOurs: false,
    command: () => [bunExecutable(), peerProgram('bun.mjs')],
    dialect: rawDialect,
  },
  'net-floor': peer('bare net (floor)', 'net-floor.mjs', rawDialect),
} as const satisfies Record<string, SubjectDefinition>

/** The name of a subject. */
export type SubjectName = keyof typeof SUBJECTS

/** All of them, in the order of the tables. */
export const SUBJECT_NAMES = Object.keys(SUBJECTS) as readonly SubjectName[]
