// What peers do more or less of than we do, in the words of the tables.
import type { SubjectName } from './subjects.ts'

/** For workloads in which messages are published to rooms. */
export const ROOM_NOTES: Readonly<Partial<Record<SubjectName, string>>> = {
  'roomcast-full':
    'validates data against the contract, assigns positions, keeps history, checks the rate of each session, and acknowledges each publish; its envelope has room, id, sender and time. Acknowledgements count as CPU, not as deliveries',
  ws: 'no envelope, no acknowledgement, no rooms of its own: a loop over a Set',
  'ws-preframed': 'as ws, framed once, below its documented API',
  'ws-corked': 'as ws-preframed, with each socket corked until the end of the tick',
  'socket.io': 'a small envelope of its own; no acknowledgement, no history, no validation',
  socketcluster: 'a small envelope of its own; no acknowledgement, no history, no validation',
  bun: 'another runtime, native code; no envelope, no acknowledgement',
  'net-floor': 'validates nothing and knows no limits: a yardstick, not a server',
}

/** For workloads that open connections only. */
export const CONNECTION_NOTES: Readonly<Partial<Record<SubjectName, string>>> = {
  'socket.io': 'its handshake and the connection to its namespace included; it has no barer connection',
  socketcluster: 'its handshake included; it has no barer connection',
  'net-floor': 'reads nothing of the request but its path and key',
}
