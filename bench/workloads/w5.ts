// W5: compressed fan-out of JSON to one large room. Singles, few enough for a server that compresses for each connection.
import { FANOUT_METRICS } from './rooms.ts'
import { fanoutSample } from './samples.ts'
import type { Entry } from './entry.ts'
import type { Workload } from './workload.ts'

const KIB = 1024

const NO_TAKEOVER = 'clients ask for no context takeover, so that no zlib context is kept'

const ENTRIES: readonly Entry[] = [
  { subject: 'roomcast', flags: ['--deflate'], deflate: 'offered', note: 'compresses once' },
  {
    subject: 'roomcast',
    key: 'roomcast-plain',
    label: 'Roomcast, bare, uncompressed',
    note: 'no compression: what W5 is held against',
  },
  {
    subject: 'roomcast-full',
    flags: ['--deflate'],
    deflate: 'offered',
    note: 'compresses once; with everything that it does in W1',
  },
  {
    subject: 'ws',
    flags: ['--deflate'],
    deflate: 'offered',
    note: 'with a context for each connection, its default',
  },
  {
    subject: 'ws',
    key: 'ws-no-takeover',
    label: 'ws, no context takeover',
    flags: ['--deflate'],
    deflate: 'noTakeover',
    note: NO_TAKEOVER,
  },
  { subject: 'socket.io', flags: ['--deflate'], deflate: 'noTakeover', note: NO_TAKEOVER },
  { subject: 'socketcluster', flags: ['--deflate'], deflate: 'noTakeover', note: NO_TAKEOVER },
  { subject: 'bun', flags: ['--deflate'], deflate: 'offered', note: 'its shared compressor' },
]

/** Compressed fan-out. */
export const W5: readonly Workload[] = [
  {
    name: 'W5',
    title: '1 → 1000, 1 KiB of JSON, compressed, 4 publishes/s',
    metrics: FANOUT_METRICS,
    references: ['ws', 'bun', 'roomcast-plain'],
    entries: ENTRIES,
    connections: 1000,
    rooms: 1,
    use: 'room',
    minSeconds: 2.5,
    measure: async ({ group }, window) =>
      fanoutSample(
        await group.fanout({
          mode: 'paced',
          publishesPerSecond: 4,
          burst: 1,
          payloadBytes: KIB,
          payload: 'json',
          ...window,
        }),
      ),
  },
]
