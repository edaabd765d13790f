// W4: what connections cost that do nothing. Resident memory of the process after a full garbage collection, less what it had
// before the first connection; kernel memory of the sockets is not in it.
import { CONNECTION_NOTES } from './notes.ts'
import type { Stage } from './stage.ts'
import type { SubjectName, Use } from './subjects.ts'
import type { Entry } from './entry.ts'
import type { WindowLength, Workload } from './workload.ts'

const KIB = 1024
const IDLE = { isFresh: true, maxRounds: 3, minSeconds: 3 } as const

/** Connects, perhaps sends one message to each connection, and weighs. */
function weigh(connections: number, use: Use, sendsOne: boolean) {
  return async (stage: Stage, window: WindowLength) => {
    const before = await stage.subject.residentBytes()
    const group = await stage.open({ connections, rooms: sendsOne ? connections : 1, use })
    if (sendsOne) await group.everyone({ mode: 'once', payloadBytes: KIB, payload: 'json', ...window })
    const { serverCpuNs, seconds } = await group.idle(window)
    const after = await stage.subject.residentBytes()
    return {
      kibPerConnection: (after - before) / connections / KIB,
      idleCpuMsPerSecond: serverCpuNs / 1e6 / seconds,
    }
  }
}

const entry = (subject: SubjectName, more: Partial<Entry> = {}): Entry => {
  const note = CONNECTION_NOTES[subject]
  return { subject, ...(note !== undefined && { note }), ...more }
}

const deflated = (subject: SubjectName, note?: string): Entry => ({
  subject,
  flags: ['--deflate'],
  deflate: subject === 'socket.io' || subject === 'socketcluster' ? 'noTakeover' : 'offered',
  ...(note !== undefined && { note }),
})

const NO_TAKEOVER =
  'clients ask for no context takeover, since its control messages would be compressed otherwise'

/** Memory and CPU of idle connections. */
export const W4: readonly Workload[] = [
  {
    name: 'W4a',
    title: '10,000 idle connections',
    ...IDLE,
    metrics: ['kibPerConnection', 'idleCpuMsPerSecond'],
    references: ['ws', 'socket.io', 'socketcluster'],
    entries: [
      entry('roomcast'),
      entry('ws'),
      entry('socket.io'),
      entry('socketcluster'),
      entry('bun'),
      entry('net-floor'),
    ],
    connections: 0,
    rooms: 1,
    use: 'idle',
    measure: weigh(10_000, 'idle', false),
  },
  {
    name: 'W4b',
    title: '10,000 idle sessions with one subscription each',
    ...IDLE,
    metrics: ['kibPerConnection', 'idleCpuMsPerSecond'],
    references: ['ws', 'socket.io', 'socketcluster'],
    entries: [
      entry('roomcast'),
      entry('roomcast-full', { note: 'authenticated, with positions and what recovery needs' }),
      entry('ws', { note: 'a member of a Set' }),
      entry('socket.io', { note: 'in a room of its adapter' }),
      entry('socketcluster', { note: 'subscribed to a channel' }),
      entry('bun', { note: 'subscribed to a topic' }),
    ],
    connections: 0,
    rooms: 1,
    use: 'room',
    measure: weigh(10_000, 'room', false),
  },
  {
    name: 'W4c',
    title: '10,000 connections with deflate negotiated, one message of 1 KiB sent to each',
    ...IDLE,
    metrics: ['kibPerConnection', 'idleCpuMsPerSecond'],
    references: ['ws', 'socket.io', 'socketcluster'],
    entries: [
      deflated('roomcast'),
      deflated('roomcast-full'),
      deflated('ws', 'keeps a zlib context for each connection, its default'),
      deflated('socket.io', NO_TAKEOVER),
      deflated('socketcluster', NO_TAKEOVER),
      deflated('bun', 'its shared compressor'),
    ],
    connections: 0,
    rooms: 1,
    use: 'room',
    measure: weigh(10_000, 'room', true),
  },
]
