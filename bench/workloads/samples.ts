// Windows of the load generator as samples of the tables.
import type { Window } from '../harness/load-generator.ts'
import type { Sample } from '../report/metrics.ts'

const US = 1e3
const MB = 1e6

/** Of a window in which messages were published to rooms. */
export function fanoutSample(window: Window): Sample {
  const { deliveries, seconds, serverCpuNs, bytes, expectedDeliveries, generatorShare } = window
  return {
    cpuUsPerDelivery: serverCpuNs / US / deliveries,
    deliveriesPerSecond: deliveries / seconds,
    deliveredShare: deliveries / expectedDeliveries,
    bytesPerDelivery: bytes / deliveries,
    generatorShare,
  }
}

/** Of a window in which messages came back to who sent them. */
export function echoSample(
  { deliveries, seconds, serverCpuNs, generatorShare }: Window,
  bytes: number,
): Sample {
  return {
    cpuUsPerMessage: serverCpuNs / US / deliveries,
    messagesPerSecond: deliveries / seconds,
    megabytesPerSecond: (deliveries * bytes) / MB / seconds,
    generatorShare,
  }
}
