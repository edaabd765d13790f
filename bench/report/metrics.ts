// The figures that a window yields, and how people read them.

/** How a figure is named and written. */
export interface Metric {
  /** The head of its column. */
  readonly label: string
  /** Behind the value; empty for counts. */
  readonly unit: string
  /** Shown as a percentage. */
  readonly isShare?: boolean
}

/** Every figure there is. A name that ends in a unit is in that unit. */
export const METRICS = {
  cpuUsPerDelivery: { label: 'CPU per delivery', unit: 'µs' },
  cpuUsPerMessage: { label: 'CPU per message', unit: 'µs' },
  cpuUsPerHandshake: { label: 'CPU per connection', unit: 'µs' },
  deliveriesPerSecond: { label: 'deliveries/s', unit: '' },
  messagesPerSecond: { label: 'messages/s', unit: '' },
  handshakesPerCpuSecond: { label: 'connections per CPU second', unit: '' },
  deliveredShare: { label: 'delivered', unit: '', isShare: true },
  bytesPerDelivery: { label: 'bytes each', unit: 'B' },
  megabytesPerSecond: { label: 'MB/s', unit: '' },
  generatorShare: { label: 'generator', unit: '', isShare: true },
  kibPerConnection: { label: 'KiB each', unit: 'KiB' },
  idleCpuMsPerSecond: { label: 'idle CPU per second', unit: 'ms' },
  stormSeconds: { label: 'all back after', unit: 's' },
  recoveredShare: { label: 'recovered', unit: '', isShare: true },
  loopDelayP99Ms: { label: 'loop p99', unit: 'ms' },
  loopDelayMaxMs: { label: 'loop longest', unit: 'ms' },
  latencyP50Ms: { label: 'p50', unit: 'ms' },
  latencyP99Ms: { label: 'p99', unit: 'ms' },
  latencyP999Ms: { label: 'p99.9', unit: 'ms' },
  latencyMaxMs: { label: 'longest', unit: 'ms' },
} as const satisfies Record<string, Metric>

/** The name of a figure. */
export type MetricName = keyof typeof METRICS

/** What one window yielded. */
export type Sample = Readonly<Partial<Record<MetricName, number>>>

/** From this share of one core on, the load generator and not the server may have set the pace. */
export const GENERATOR_BOUND = 0.95

/** A figure for people, with its unit: three significant digits, and none after the point from 100 on. */
export function formatFigure(name: MetricName, value: number): string {
  const { unit, isShare }: Metric = METRICS[name]
  if (!Number.isFinite(value)) return '–'
  if (isShare === true) return `${formatNumber(value * 100)} %`
  return unit === '' ? formatNumber(value) : `${formatNumber(value)} ${unit}`
}

/** A ratio for people. */
export const formatRatio = (value: number): string => value.toFixed(value < 0.1 ? 3 : 2)

const THOUSANDS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

function formatNumber(value: number): string {
  const size = Math.abs(value)
  if (size >= 100) return THOUSANDS.format(value)
  // 9.996 has three significant digits as 10.0, so the digits are those of the rounded value.
  return value === 0 ? '0' : Number(value.toPrecision(3)).toFixed(size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3)
}
