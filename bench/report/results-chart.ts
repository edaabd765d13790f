// Which figures of a run the chart shows.
import { drawChart, type Bar } from './chart.ts'
import { intervalOf } from './interval.ts'
import { formatFigure, METRICS, type MetricName } from './metrics.ts'
import { valuesOf, type Results, type WorkloadResult } from './results.ts'

/** What is drawn of each workload; one that was not measured is left out. */
const DRAWN: readonly { readonly workload: string; readonly metric: MetricName }[] = [
  { workload: 'W1a', metric: 'cpuUsPerDelivery' },
  { workload: 'W1b', metric: 'cpuUsPerDelivery' },
  { workload: 'W1c', metric: 'cpuUsPerDelivery' },
  { workload: 'W2b', metric: 'cpuUsPerDelivery' },
  { workload: 'W3a', metric: 'cpuUsPerMessage' },
  { workload: 'W4a', metric: 'kibPerConnection' },
  { workload: 'W5', metric: 'cpuUsPerDelivery' },
  { workload: 'W6a', metric: 'cpuUsPerHandshake' },
]

/** The chart of a run. */
export function drawResults({ date, workloads }: Pick<Results, 'date' | 'workloads'>): string {
  const groups = DRAWN.flatMap(({ workload, metric }) => {
    const result = workloads.find(({ name }) => name === workload)
    if (result === undefined) return []
    const heading = `${result.name} ${result.title}: ${METRICS[metric].label}`
    return [{ heading, bars: barsOf(result, metric) }]
  })
  return drawChart(`Roomcast and its peers, measured on ${date.slice(0, 10)}: shorter is better`, groups)
}

function barsOf({ rows }: WorkloadResult, metric: MetricName): Bar[] {
  return rows.flatMap((row) => {
    const interval = intervalOf(valuesOf(row, metric))
    if (interval === undefined) return []
    const { median } = interval
    const isOurs = row.key.startsWith('roomcast')
    return [{ label: row.label, value: median, text: formatFigure(metric, median), isOurs }]
  })
}
