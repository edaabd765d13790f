// What an application says about the connections that it wants.
import { systemClock, type Clock } from '../../clock.ts'
import { consoleLogger, type Logger } from '../../logger.ts'
import { describeValue } from '../../util/check-names.ts'
import { ConnectionContext } from '../connection/connection-context.ts'
import type { Heartbeat } from '../connection/heartbeat.ts'
import type { WebSocketConnection } from '../connection/websocket-connection.ts'
import type { DeflateEndpoint } from '../deflate/deflate-endpoint.ts'
import { DEFAULT_WEBSOCKET_LIMITS, type WebSocketLimits } from '../websocket-limits.ts'
import type { Authorize } from './authorization.ts'
import { HandshakeLog } from './handshake-log.ts'
import { assertHosts } from './host-policy.ts'
import { assertOriginPolicy, type OriginPolicy } from './origin-policy.ts'
import type { Waiting } from './pending-handshake.ts'
import {
  assertSubprotocols,
  selectorOf,
  type SelectSubprotocol,
  type SubprotocolPolicy,
} from './subprotocol-policy.ts'
import { TrustedProxies } from './trusted-proxies.ts'
import type { UpgradeRequest } from './upgrade-request.ts'

export interface UpgradeOptions {
  /** Watches the deadlines of all connections of a server. */
  readonly heartbeat: Heartbeat
  /** Takes the connection over. What arrived with the handshake waits until it has handlers. */
  readonly open: (connection: WebSocketConnection, request: UpgradeRequest) => unknown
  /**
   * The subprotocols that this server speaks, of which the first that the client offers is selected; or a function that
   * selects one of those that the client offers, in its order of preference, or undefined for none.
   * @default selects none
   */
  readonly protocols?: SubprotocolPolicy | undefined
  /**
   * The pages that may connect: `'same-origin'`, a list of origins such as `https://example.com`, or a function. In a list,
   * `'same-origin'` stands for the own pages.
   * @default 'same-origin'
   */
  readonly allowedOrigins?: OriginPolicy | undefined
  /**
   * The names that this server answers to, such as `example.com`, which allows every port, or `example.com:8443`; others
   * are refused with 421. It keeps pages out that let their own name point at this server (DNS rebinding), which matters
   * where being able to reach it is all that it takes to be let in.
   * @default undefined, which allows every host
   */
  readonly allowedHosts?: readonly string[] | undefined
  /**
   * The proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host are believed: addresses, networks
   * (`10.0.0.0/8`), `'loopback'`, and `'unix'` for whoever connects by a Unix socket. The proxies must write these
   * headers themselves or remove them.
   * @default [], which believes nobody
   */
  readonly trustedProxies?: readonly string[] | undefined
  /**
   * Decides about each handshake before it is answered, after host and origin; returns a refusal, or nothing to accept it.
   * @default accepts everyone
   */
  readonly authorize?: Authorize | undefined
  /**
   * Header fields of the answer that accepts, such as Set-Cookie.
   * @default none
   */
  readonly headers?: ((request: UpgradeRequest) => Readonly<Record<string, string>>) | undefined
  /**
   * Compresses messages for clients that offer permessage-deflate (RFC 7692).
   * @default undefined, which declines it
   */
  readonly deflate?: DeflateEndpoint | undefined
  /** @default DEFAULT_WEBSOCKET_LIMITS */
  readonly limits?: WebSocketLimits | undefined
  /** @default the machine's clock */
  readonly clock?: Clock | undefined
  /** @default warnings and errors on the console */
  readonly logger?: Logger | undefined
  /** What all places of a server share to tell of handshakes. @default one of its own */
  readonly log?: HandshakeLog | undefined
}

/** Options with their defaults filled in, and what all handshakes at one place share. */
export interface ResolvedUpgradeOptions extends Pick<
  UpgradeOptions,
  'heartbeat' | 'open' | 'allowedHosts' | 'authorize' | 'headers' | 'deflate'
> {
  readonly protocols: SelectSubprotocol
  readonly allowedOrigins: OriginPolicy
  readonly limits: WebSocketLimits
  readonly clock: Clock
  readonly logger: Logger
  readonly trustedProxies: TrustedProxies
  readonly log: HandshakeLog
  /** What the connections of this place share. */
  readonly context: ConnectionContext
  /** The handshakes that the application is deciding about. */
  readonly pending: Set<Waiting>
}

/**
 * Fills in the defaults.
 *
 * @throws {TypeError} if an option makes no sense.
 */
export function resolveUpgradeOptions(options: UpgradeOptions): ResolvedUpgradeOptions {
  assertUpgradeOptions(options)
  const {
    clock = systemClock,
    logger = consoleLogger,
    limits = DEFAULT_WEBSOCKET_LIMITS,
    heartbeat,
  } = options
  return {
    heartbeat,
    context: new ConnectionContext({ limits, clock, logger, heartbeat }),
    open: options.open,
    protocols: selectorOf(options.protocols),
    allowedOrigins: options.allowedOrigins ?? 'same-origin',
    allowedHosts: options.allowedHosts,
    trustedProxies: new TrustedProxies(options.trustedProxies ?? []),
    authorize: options.authorize,
    headers: options.headers,
    deflate: options.deflate,
    limits,
    clock,
    logger,
    log: options.log ?? new HandshakeLog(logger, clock),
    pending: new Set(),
  }
}

/**
 * What can be said about options before there is a place for them.
 *
 * @throws {TypeError} if one makes no sense.
 */
export function assertUpgradeOptions(
  options: Pick<
    UpgradeOptions,
    'protocols' | 'allowedOrigins' | 'allowedHosts' | 'trustedProxies' | 'authorize' | 'headers'
  >,
): void {
  assertSubprotocols(options.protocols)
  assertOriginPolicy(options.allowedOrigins)
  assertHosts(options.allowedHosts)
  new TrustedProxies(options.trustedProxies ?? [])
  for (const hook of ['authorize', 'headers'] as const) {
    if (options[hook] === undefined || typeof options[hook] === 'function') continue
    throw new TypeError(`\`${hook}\` is a function, not ${describeValue(options[hook])}.`)
  }
}
