// W7: ten thousand connections that were cut come back at once, each to what it missed.
import type { Entry } from './entry.ts'
import type { Workload } from './workload.ts'

const CONNECTIONS = 10_000
const ROOMS = 100
const MISSED = 10
const BYTES = 128
const NO_RECOVERY = 'no recovery: what was missed stays missed'

const ENTRIES: readonly Entry[] = [
  { subject: 'roomcast-full', note: 'proves that nothing is missing and replays it' },
  {
    subject: 'socket.io',
    flags: ['--recovery'],
    note: 'connection state recovery of its in-memory adapter, which holds the packets of all rooms in one list',
  },
  { subject: 'socketcluster', note: NO_RECOVERY },
  { subject: 'ws', note: NO_RECOVERY },
  { subject: 'bun', note: NO_RECOVERY },
]

/** The reconnect storm. */
export const W7: readonly Workload[] = [
  {
    name: 'W7',
    title: `10,000 sessions that were cut come back at once, ${MISSED} publications missed in each room`,
    metrics: [
      'stormSeconds',
      'recoveredShare',
      'cpuUsPerHandshake',
      'loopDelayP99Ms',
      'loopDelayMaxMs',
      'generatorShare',
    ],
    references: ['socket.io'],
    entries: ENTRIES.map((entry) => ({ ...entry, flags: [...(entry.flags ?? []), '--loop-delay'] })),
    connections: 0,
    rooms: ROOMS,
    use: 'room',
    isFresh: true,
    maxRounds: 3,
    measure: async (stage) => {
      const group = await stage.open({ connections: CONNECTIONS, rooms: ROOMS, use: 'room' })
      // Everyone has seen a publication: Socket.IO recovers from the last one, and from nothing without it.
      await group.everyone({ mode: 'paced', publishesPerSecond: 4 * ROOMS, payloadBytes: BYTES, seconds: 1 })
      // What is measured is the return: how long ten thousand resets take to arrive is the system's affair.
      const storm = await group.storm({
        missedPerRoom: MISSED,
        whileAway: () => stage.subject.collectGarbage(),
      })
      const { loopDelay } = await stage.subject.collectGarbage()
      return {
        stormSeconds: storm.seconds,
        recoveredShare: storm.recovered / CONNECTIONS,
        cpuUsPerHandshake: storm.serverCpuNs / 1e3 / CONNECTIONS,
        ...(loopDelay && { loopDelayP99Ms: loopDelay.p99Ms, loopDelayMaxMs: loopDelay.maxMs }),
        generatorShare: storm.generatorShare,
      }
    },
  },
]
