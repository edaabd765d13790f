// Which figures of a run the chart shows.
import { drawChart, type Bar } from './chart.ts'
import { intervalOf } from './interval.ts'
import { formatFigure, formatRatio, METRICS, type MetricName } from './metrics.ts'
import { valuesOf, type Results, type Row, type WorkloadResult } from './results.ts'

/** What is drawn of each workload; one that was not measured is left out. */
const DRAWN: readonly { readonly workload: string; readonly metric: MetricName }[] = [
  { workload: 'W1a', metric: 'cpuUsPerDelivery' },
  { workload: 'W1b', metric: 'cpuUsPerDelivery' },
  { workload: 'W1c', metric: 'cpuUsPerDelivery' },
  { workload: 'W2a', metric: 'cpuUsPerDelivery' },
  { workload: 'W2b', metric: 'cpuUsPerDelivery' },
  { workload: 'W3a', metric: 'cpuUsPerMessage' },
  { workload: 'W3c', metric: 'cpuUsPerMessage' },
  { workload: 'W4a', metric: 'kibPerConnection' },
  { workload: 'W5', metric: 'cpuUsPerDelivery' },
  { workload: 'W6a', metric: 'cpuUsPerHandshake' },
]

/** The row that the others are given as a multiple of. */
const YARDSTICK = 'roomcast'

/** The chart of a run. */
export function drawResults({ date, workloads }: Pick<Results, 'date' | 'workloads'>): string {
  const groups = DRAWN.flatMap(({ workload, metric }) => {
    const result = workloads.find(({ name }) => name === workload)
    if (result === undefined) return []
    const heading = `${result.name}: ${METRICS[metric].label}`
    return [{ heading, about: result.title, bars: barsOf(result, metric) }]
  })
  const title = `Roomcast and its peers, measured on ${date.slice(0, 10)}: shorter is better`
  const legend = 'Medians; behind each, how many times the median of Roomcast’s bare stack it is.'
  return drawChart({ title, legend }, groups)
}

function barsOf({ rows }: WorkloadResult, metric: MetricName): Bar[] {
  const medianOf = (row: Row) => intervalOf(valuesOf(row, metric))?.median
  const yardstick = rows.find(({ key }) => key === YARDSTICK)
  const unit = yardstick === undefined ? undefined : medianOf(yardstick)
  return rows.flatMap((row) => {
    const median = medianOf(row)
    if (median === undefined) return []
    const isOurs = row.key.startsWith('roomcast')
    const times = row === yardstick || !unit ? '' : `  ${formatRatio(median / unit)} ×`
    return [{ label: row.label, value: median, text: formatFigure(metric, median) + times, isOurs }]
  })
}
