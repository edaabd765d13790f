// Every attack, in the order of the list.
import type { AttackCase } from './attack-case.ts'
import { APPLICATION_ATTACKS } from './attacks/application.ts'
import { COMPRESSION_ATTACKS } from './attacks/compression.ts'
import { FLOOD_ATTACKS } from './attacks/floods.ts'
import { FRAME_ATTACKS } from './attacks/frames.ts'
import { HANDSHAKE_ATTACKS } from './attacks/handshakes.ts'
import { HTTP2_ATTACKS } from './attacks/http2.ts'
import { TRANSPORT_ATTACKS } from './attacks/transport.ts'
import { checkLiveness } from './liveness.ts'

const number = ({ id }: AttackCase): number => parseInt(id.slice(1), 10)

export const ATTACKS: readonly AttackCase[] = [
  ...HANDSHAKE_ATTACKS,
  ...FRAME_ATTACKS,
  ...COMPRESSION_ATTACKS,
  ...HTTP2_ATTACKS,
  ...TRANSPORT_ATTACKS,
  ...FLOOD_ATTACKS,
  ...APPLICATION_ATTACKS,
].sort((one, other) => number(one) - number(other) || one.id.localeCompare(other.id))

/** What comes last: the same process, on all transports. */
export const AFTERWARDS: AttackCase = { id: 'all', name: 'the server afterwards', run: checkLiveness }
