// W6: connections that come and go.
import { CONNECTION_NOTES } from './notes.ts'
import type { SubjectName, Use } from './subjects.ts'
import type { Entry } from './entry.ts'
import type { Workload } from './workload.ts'

const IN_FLIGHT = 32

function workload(name: string, title: string, use: Use, entries: readonly Entry[]): Workload {
  return {
    name,
    title,
    metrics: ['cpuUsPerHandshake', 'handshakesPerCpuSecond', 'generatorShare'],
    references: ['ws', 'socket.io', 'bun'],
    entries,
    connections: 0,
    rooms: 100,
    use,
    measure: async ({ group }, window) => {
      const { completed, serverCpuNs, generatorShare } = await group.handshakes({
        inFlight: IN_FLIGHT,
        ...window,
      })
      const cpuUsPerHandshake = serverCpuNs / 1e3 / completed
      return { cpuUsPerHandshake, handshakesPerCpuSecond: 1e6 / cpuUsPerHandshake, generatorShare }
    },
  }
}

const bare = (subject: SubjectName): Entry => {
  const note = CONNECTION_NOTES[subject]
  return note === undefined ? { subject } : { subject, note }
}

/** Handshakes. */
export const W6: readonly Workload[] = [
  workload(
    'W6a',
    'TCP connection and upgrade',
    'idle',
    (['roomcast', 'ws', 'socket.io', 'socketcluster', 'bun', 'net-floor'] as const).map(bare),
  ),
  workload('W6b', 'a full session: connect, authenticate, subscribe', 'room', [
    { subject: 'roomcast', note: 'the upgrade puts the connection into a room; nobody is authenticated' },
    { subject: 'roomcast-full', note: 'authenticates, and answers with a position' },
    { subject: 'ws', note: 'the upgrade puts the connection into a Set; nobody is authenticated' },
    { subject: 'socket.io', note: 'namespace and join; nobody is authenticated' },
    { subject: 'socketcluster', note: 'handshake and subscription; nobody is authenticated' },
    { subject: 'bun', note: 'the upgrade subscribes to a topic; nobody is authenticated' },
  ]),
]
