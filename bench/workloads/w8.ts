// W8: from the publish to each delivery.
import type { Window } from '../harness/load-generator.ts'
import type { MetricName, Sample } from '../report/metrics.ts'
import { roomEntries } from './rooms.ts'
import type { Workload } from './workload.ts'

const MS = 1e6
const BYTES = 128
const LATENCIES: readonly MetricName[] = ['latencyP99Ms', 'latencyP50Ms', 'latencyP999Ms', 'latencyMaxMs']

function latencySample({ latency, deliveries, expectedDeliveries, generatorShare }: Window): Sample {
  if (latency === undefined || deliveries === 0) throw new Error('Nothing was delivered.')
  return {
    latencyP50Ms: latency.p50Ns / MS,
    latencyP99Ms: latency.p99Ns / MS,
    latencyP999Ms: latency.p999Ns / MS,
    latencyMaxMs: latency.maxNs / MS,
    deliveredShare: deliveries / expectedDeliveries,
    generatorShare,
  }
}

/** Latency. */
export const W8: readonly Workload[] = [
  {
    name: 'W8a',
    title: '1 → 1000, 128 B, at half of the rate at which ws is saturated',
    metrics: [...LATENCIES, 'deliveredShare', 'generatorShare'],
    references: ['ws', 'socket.io', 'socketcluster', 'bun'],
    entries: roomEntries(),
    connections: 1000,
    rooms: 1,
    use: 'room',
    minSeconds: 2,
    always: ['ws'],
    calibrate: async (stages, window) => {
      const ws = stages.get('ws')
      if (ws === undefined) throw new Error('W8 needs ws, whose rate it is about.')
      const { publishes, seconds } = await ws.group.fanout({
        mode: 'saturated',
        outstanding: 40,
        payloadBytes: BYTES,
        ...window,
      })
      return publishes / seconds / 2
    },
    measure: async ({ group }, window, publishesPerSecond) =>
      latencySample(
        await group.fanout({
          mode: 'paced',
          publishesPerSecond,
          burst: 1,
          payloadBytes: BYTES,
          latency: true,
          ...window,
        }),
      ),
  },
  {
    name: 'W8b',
    title: '1 → 1, 128 B, a lone message on an idle server, 20 publishes/s',
    metrics: ['latencyP50Ms', 'latencyP99Ms', 'latencyMaxMs'],
    references: ['ws', 'bun'],
    entries: roomEntries(),
    connections: 1,
    rooms: 1,
    use: 'room',
    minSeconds: 2,
    measure: async ({ group }, window) =>
      latencySample(
        await group.fanout({
          mode: 'paced',
          publishesPerSecond: 20,
          burst: 1,
          payloadBytes: BYTES,
          latency: true,
          ...window,
        }),
      ),
  },
]
