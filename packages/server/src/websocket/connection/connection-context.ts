// What all connections of one server, or of one client, share: a connection holds one reference to it.
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../logger.ts'
import type { Role } from '../protocol/frame-header.ts'
import type { WebSocketLimits } from '../websocket-limits.ts'
import type { Heartbeat } from './heartbeat.ts'
import { Turns } from './turns.ts'
import { WriteTurn } from './write-turn.ts'

export interface ConnectionContextOptions {
  /** @default 'server' */
  readonly role?: Role
  /** The next masking key; clients must give one (RFC 6455 §5.3). */
  readonly generateMask?: (() => number) | undefined
  readonly limits: WebSocketLimits
  readonly clock: Clock
  readonly logger: Logger
  readonly heartbeat: Heartbeat
}

/** Immutable; made once. */
export class ConnectionContext {
  readonly role: Role
  readonly isClient: boolean
  readonly generateMask: (() => number) | undefined
  readonly limits: WebSocketLimits
  readonly clock: Clock
  readonly logger: Logger
  readonly heartbeat: Heartbeat
  readonly turns: Turns
  readonly writes: WriteTurn

  constructor({ role = 'server', generateMask, limits, clock, logger, heartbeat }: ConnectionContextOptions) {
    this.role = role
    this.isClient = role === 'client'
    this.generateMask = generateMask
    this.limits = limits
    this.clock = clock
    this.logger = logger
    this.heartbeat = heartbeat
    this.turns = Turns.of(clock)
    this.writes = WriteTurn.of(clock)
  }
}
