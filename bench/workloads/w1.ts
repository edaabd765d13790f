// W1: one publisher, one room of a thousand, 128 bytes.
import type { FanoutOptions } from '../harness/load-generator.ts'
import { FANOUT_METRICS, roomEntries } from './rooms.ts'
import { fanoutSample } from './samples.ts'
import type { Workload } from './workload.ts'

const ROOM = { connections: 1000, rooms: 1, use: 'room' } as const

const BYTES = 128

function workload(
  name: string,
  title: string,
  pace: Omit<FanoutOptions, 'seconds' | 'payloadBytes'>,
  more: Partial<Workload> = {},
): Workload {
  return {
    name,
    title,
    ...ROOM,
    metrics: FANOUT_METRICS,
    references: ['ws', 'socket.io', 'bun', 'roomcast'],
    entries: roomEntries(),
    measure: async ({ group }, window) =>
      fanoutSample(await group.fanout({ ...pace, ...window, payloadBytes: BYTES })),
    ...more,
  }
}

/** Fan-out to one large room. */
export const W1: readonly Workload[] = [
  workload('W1a', '1 → 1000, singles, 20 publishes/s', { mode: 'paced', publishesPerSecond: 20, burst: 1 }),
  workload('W1b', '1 → 1000, bursts of 10, 5 bursts/s', {
    mode: 'paced',
    publishesPerSecond: 50,
    burst: 10,
  }),
  workload('W1c', '1 → 1000, saturated, 40 publishes outstanding', { mode: 'saturated', outstanding: 40 }),
  workload('W1d', '1 → 1000, 200 publishes/s offered', {
    mode: 'paced',
    publishesPerSecond: 200,
    burst: 1,
  }),
]
