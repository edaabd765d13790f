// W3: every connection gets its own messages back, as they are or as the answer to a request.
import { echoSample } from './samples.ts'
import type { Entry } from './entry.ts'
import type { Workload } from './workload.ts'

const KIB = 1024
const MIB = 1024 * KIB

const ENTRIES: readonly Entry[] = [
  { subject: 'roomcast' },
  { subject: 'ws', note: 'bufferutil unmasks' },
  { subject: 'bun', note: 'another runtime, native code' },
  { subject: 'net-floor', note: 'validates nothing: a yardstick, not a server' },
]

function echo(
  name: string,
  title: string,
  connections: number,
  depth: number,
  payloadBytes: number,
): Workload {
  return {
    name,
    title,
    metrics: ['cpuUsPerMessage', 'messagesPerSecond', 'megabytesPerSecond', 'generatorShare'],
    references: ['ws', 'bun'],
    entries: ENTRIES,
    connections,
    rooms: 1,
    use: 'echo',
    measure: async ({ group }, window) =>
      echoSample(await group.echo({ depth, payloadBytes, ...window }), payloadBytes),
  }
}

const CALL_BYTES = 128

/** A request whose input is validated, and its answer, where there is such a thing. */
const CALLS: Workload = {
  name: 'W3e',
  title: 'request and reply with 128 B, 100 connections × 1 outstanding',
  metrics: ['cpuUsPerMessage', 'messagesPerSecond', 'generatorShare'],
  references: ['socket.io'],
  entries: [
    { subject: 'roomcast-full', note: 'input and output are validated; the room is authorized' },
    { subject: 'socket.io', note: '`emit` with an acknowledgement; nothing is validated' },
    { subject: 'socketcluster', flags: ['--calls'], note: '`invoke` and a procedure; nothing is validated' },
  ],
  connections: 100,
  // Everyone is alone, so that what comes back is the answer to one's own.
  rooms: 100,
  use: 'call',
  measure: async ({ group }, window) =>
    echoSample(await group.everyone({ mode: 'lockStep', payloadBytes: CALL_BYTES, ...window }), CALL_BYTES),
}

/** Raw echo of binary messages, and requests. */
export const W3: readonly Workload[] = [
  echo('W3a', 'echo of 128 B, 100 connections × 64 outstanding', 100, 64, 128),
  echo('W3b', 'echo of 128 B, 100 connections × 1 outstanding', 100, 1, 128),
  echo('W3c', 'echo of 16 KiB, 20 connections × 4 outstanding', 20, 4, 16 * KIB),
  echo('W3d', 'echo of 1 MiB, 8 connections × 1 outstanding', 8, 1, MIB),
  CALLS,
]
