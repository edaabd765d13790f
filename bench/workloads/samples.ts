// Windows of the load generator as samples of the tables.
import type { Window } from '../harness/load-generator.ts'
import type { Sample } from '../report/metrics.ts'

const US = 1e3
const MB = 1e6

/** Of a window in which messages were published to rooms. @throws {Error} if nothing was delivered. */
export function fanoutSample(window: Window): Sample {
  assertDeliveries(window)
  const { deliveries, seconds, serverCpuNs, bytes, expectedDeliveries, generatorShare } = window
  return {
    cpuUsPerDelivery: serverCpuNs / US / deliveries,
    deliveriesPerSecond: deliveries / seconds,
    deliveredShare: deliveries / expectedDeliveries,
    bytesPerDelivery: bytes / deliveries,
    generatorShare,
  }
}

/** Of a window in which messages came back to who sent them. @throws {Error} if none did. */
export function echoSample(window: Window, payloadBytes: number): Sample {
  assertDeliveries(window)
  const { deliveries, seconds, serverCpuNs, generatorShare } = window
  return {
    cpuUsPerMessage: serverCpuNs / US / deliveries,
    messagesPerSecond: deliveries / seconds,
    megabytesPerSecond: (deliveries * payloadBytes) / MB / seconds,
    generatorShare,
  }
}

/** What nothing came of cannot be divided by. */
function assertDeliveries({ deliveries, seconds }: Window): void {
  if (deliveries === 0) throw new Error(`Nothing was delivered in ${seconds.toFixed(1)} s.`)
}
