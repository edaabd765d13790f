// What must hold: bounds as data. A gate is met if the median is within the bound; the interval says how sure that is.
import type { MetricName } from './metrics.ts'

/** One bound. Ratios are medians of the ratios of each round, values are medians. */
export interface Gate {
  /** The workload whose table has the row. */
  readonly workload: string
  /** The key of our row. */
  readonly row: string
  readonly metric: MetricName
  /** The key of the row to divide by; without it the figure itself is judged. */
  readonly reference?: string
  /** `atMost` and `atLeast` take the bound itself in, `below` does not. */
  readonly kind: 'atMost' | 'atLeast' | 'below'
  readonly bound: number
  /** What the prototypes suggest is possible. */
  readonly aim?: number
}

const ratio = (
  workload: string,
  reference: string,
  bound: number,
  aim?: number,
  metric: MetricName = 'cpuUsPerDelivery',
): Gate => ({
  workload,
  row: 'roomcast',
  metric,
  reference,
  kind: 'atMost',
  bound,
  ...(aim !== undefined && { aim }),
})

const value = (
  workload: string,
  row: string,
  metric: MetricName,
  kind: Gate['kind'],
  bound: number,
): Gate => ({ workload, row, metric, kind, bound })

const latency = (row: string, reference: string): Gate => ({
  workload: 'W8a',
  row,
  metric: 'latencyP99Ms',
  reference,
  kind: reference === 'bun' ? 'atMost' : 'below',
  bound: reference === 'bun' ? 1.25 : 1,
})

/** All bounds, by what they are about. */
export const GATES: readonly { readonly about: string; readonly gates: readonly Gate[] }[] = [
  {
    about: 'Bursts and saturation',
    gates: [
      ratio('W1b', 'ws', 0.13, 0.1),
      ratio('W1b', 'bun', 1.25, 1),
      ratio('W1c', 'ws', 0.05, 0.036),
      ratio('W1c', 'bun', 1.3, 1),
      value('W1d', 'roomcast', 'deliveredShare', 'atLeast', 0.99),
    ],
  },
  {
    about: 'Singles, and many rooms',
    gates: [
      ratio('W1a', 'ws', 0.92, 0.85),
      ratio('W1a', 'socket.io', 0.62),
      ratio('W2a', 'ws', 0.82),
      ratio('W2b', 'ws', 0.28, 0.19),
      ratio('W2b', 'bun', 1.9, 1.4),
    ],
  },
  {
    about: 'Echo',
    gates: [
      ratio('W3a', 'ws', 0.06, 0.042, 'cpuUsPerMessage'),
      ratio('W3b', 'ws', 0.82, undefined, 'cpuUsPerMessage'),
      ratio('W3c', 'ws', 0.8, 0.45, 'cpuUsPerMessage'),
      ratio('W3d', 'ws', 1.1, 0.95, 'cpuUsPerMessage'),
    ],
  },
  {
    about: 'Memory',
    gates: [
      value('W4a', 'roomcast', 'kibPerConnection', 'atMost', 6.3),
      value('W4b', 'roomcast-full', 'kibPerConnection', 'atMost', 9),
      value('W4c', 'roomcast', 'kibPerConnection', 'atMost', 12),
    ],
  },
  {
    about: 'Compression',
    gates: [ratio('W5', 'ws', 0.12), ratio('W5', 'roomcast-plain', 1.1)],
  },
  {
    about: 'Connections and latency',
    gates: [
      ratio('W6a', 'ws', 0.8, undefined, 'cpuUsPerHandshake'),
      ratio('W6a', 'socket.io', 0.3, undefined, 'cpuUsPerHandshake'),
      value('W7', 'roomcast-full', 'recoveredShare', 'atLeast', 1),
      value('W7', 'roomcast-full', 'loopDelayP99Ms', 'below', 100),
      ...['ws', 'socket.io', 'socketcluster', 'bun'].flatMap((peer) => [
        latency('roomcast', peer),
        latency('roomcast-full', peer),
      ]),
    ],
  },
  {
    about: 'The price of the guarantees',
    gates: [
      { ...ratio('W1c', 'roomcast', 1.15), row: 'roomcast-full' },
      { ...ratio('W2b', 'roomcast', 1.5), row: 'roomcast-full' },
    ],
  },
]
