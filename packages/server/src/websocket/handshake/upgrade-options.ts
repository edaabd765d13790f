// What an application says about the connections that it wants.
import { systemClock, type Clock } from '../../clock.ts'
import { consoleLogger, type Logger } from '../../logger.ts'
import type { Heartbeat } from '../connection/heartbeat.ts'
import type { WebSocketConnection } from '../connection/websocket-connection.ts'
import type { DeflateEndpoint } from '../deflate/deflate-endpoint.ts'
import { DEFAULT_WEBSOCKET_LIMITS, type WebSocketLimits } from '../websocket-limits.ts'
import type { OriginPolicy } from './origin-policy.ts'
import type { UpgradeRequest } from './upgrade-request.ts'

export interface UpgradeOptions {
  /** Watches the deadlines of all connections of a server. */
  readonly heartbeat: Heartbeat
  /** Takes the connection over. What arrived with the handshake waits until it has handlers. */
  readonly open: (connection: WebSocketConnection, request: UpgradeRequest) => void
  /**
   * Selects one of the subprotocols that the client offers, in its order of preference; undefined selects none.
   * @default selects none
   */
  readonly protocols?: (offered: readonly string[]) => string | undefined
  /**
   * The pages that may connect.
   * @default 'same-origin'
   */
  readonly allowedOrigins?: OriginPolicy
  /**
   * Compresses messages for clients that offer permessage-deflate (RFC 7692).
   * @default undefined, which declines it
   */
  readonly deflate?: DeflateEndpoint | undefined
  /** @default DEFAULT_WEBSOCKET_LIMITS */
  readonly limits?: WebSocketLimits
  /** @default the machine's clock */
  readonly clock?: Clock
  /** @default warnings and errors on the console */
  readonly logger?: Logger
}

export type ResolvedUpgradeOptions = Required<UpgradeOptions>

/** Fills in the defaults. */
export function resolveUpgradeOptions(options: UpgradeOptions): ResolvedUpgradeOptions {
  return {
    heartbeat: options.heartbeat,
    open: options.open,
    protocols: options.protocols ?? (() => undefined),
    allowedOrigins: options.allowedOrigins ?? 'same-origin',
    deflate: options.deflate,
    limits: options.limits ?? DEFAULT_WEBSOCKET_LIMITS,
    clock: options.clock ?? systemClock,
    logger: options.logger ?? consoleLogger,
  }
}
