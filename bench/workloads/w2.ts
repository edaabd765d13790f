// W2: a thousand connections in a hundred rooms of ten, everyone publishes 128 bytes to their own room.
import { FANOUT_METRICS, roomEntries } from './rooms.ts'
import { fanoutSample } from './samples.ts'
import type { Workload } from './workload.ts'

const ROOMS = {
  connections: 1000,
  rooms: 100,
  use: 'room',
  metrics: FANOUT_METRICS,
  references: ['ws', 'bun', 'roomcast'],
  entries: roomEntries(),
} as const

const BYTES = 128

/** Fan-out to many small rooms. */
export const W2: readonly Workload[] = [
  {
    name: 'W2a',
    title: '100 rooms of 10, everyone publishes, 2000 publishes/s in all',
    ...ROOMS,
    measure: async ({ group }, window) =>
      fanoutSample(
        await group.everyone({ mode: 'paced', publishesPerSecond: 2000, payloadBytes: BYTES, ...window }),
      ),
  },
  {
    name: 'W2b',
    title: '100 rooms of 10, everyone publishes, saturated: the next when the last has come back',
    ...ROOMS,
    measure: async ({ group }, window) =>
      fanoutSample(await group.everyone({ mode: 'lockStep', payloadBytes: BYTES, ...window })),
  },
]
