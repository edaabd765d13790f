// Where ours costs more than a peer, read from the results so that nobody has to remember to say it.
import { intervalOfRatio, type Interval } from './interval.ts'
import { METRICS, type MetricName } from './metrics.ts'
import { pairsOf, type Results, type Row } from './results.ts'

/** A row of ours whose compared figure is the larger one; all figures that tables compare are costs. */
export interface Loss {
  readonly workload: string
  /** The label of our row. */
  readonly row: string
  /** The label of the peer's. */
  readonly peer: string
  /** The head of the column that is compared. */
  readonly figure: string
  /** Ours divided by the peer's. */
  readonly ratio: Interval
}

/** No competitor, but how much of a cost is the runtime's. */
const FLOOR = 'net-floor'

const isOurs = ({ key }: Row): boolean => key.startsWith('roomcast')

/** Every pair of our rows and a peer's in which the median of the ratios is above 1, the floor left out. */
export function lossesOf({ workloads }: Pick<Results, 'workloads'>): Loss[] {
  return workloads.flatMap(({ name, metrics: [metric], rows }) => {
    if (metric === undefined) return []
    const peers = rows.filter((row) => !isOurs(row) && row.key !== FLOOR)
    return rows.filter(isOurs).flatMap((row) => peers.flatMap((peer) => lossIn(name, row, peer, metric)))
  })
}

function lossIn(workload: string, row: Row, peer: Row, metric: MetricName): Loss[] {
  const ratio = intervalOfRatio(pairsOf(row, peer, metric))
  if (ratio === undefined || ratio.median <= 1) return []
  return [{ workload, row: row.label, peer: peer.label, figure: METRICS[metric].label, ratio }]
}
