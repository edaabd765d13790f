// The options of a server, their defaults in one place, and what must hold between them.
import type { Contract } from '@roomcast/protocol'
import type { Broker } from './broker/broker.ts'
import { systemClock, type Clock } from './clock.ts'
import { consoleLogger, type Logger } from './logger.ts'
import type { ControlBus } from './control/control-bus.ts'
import type { PresenceStore } from './presence/presence-store.ts'
import { systemRandom, type Random } from './random.ts'
import type { Identity } from './routing/handlers.ts'
import type { ClientHooks } from './routing/hooks.ts'
import type { Authenticate } from './session/services.ts'
import { DEFAULT_SESSION_LIMITS, type SessionLimits } from './session/session-limits.ts'
import type { DeflateOptions } from './websocket/deflate/deflate-options.ts'
import type { OriginPolicy } from './websocket/handshake/origin-policy.ts'
import { assertUpgradeOptions } from './websocket/handshake/upgrade-options.ts'
import { checkLimits } from './util/check-limits.ts'
import { checkNames } from './util/check-names.ts'
import { DEFAULT_WEBSOCKET_LIMITS, type WebSocketLimits } from './websocket/websocket-limits.ts'

/** Options of {@link createRoomcast}. */
export interface RoomcastOptions<T extends Contract, I extends Identity> extends ClientHooks<I> {
  /** The channels; see `defineContract`. */
  readonly contract: T
  /**
   * Says who a client is, once per connection. `null` or `undefined` refuses it for good (close code `unauthorized`);
   * an exception is a failure of the server, after which the client tries again.
   */
  readonly authenticate: Authenticate<I>
  /**
   * Older versions of the contract that clients may still run.
   * @default []
   */
  readonly acceptVersions?: readonly number[]
  /**
   * Which pages may connect: `'same-origin'`, a list of origins such as `https://example.com`, in which `'same-origin'`
   * stands for the own pages, or a function.
   * Clients that send no Origin are not browsers and are let through to `authenticate`.
   * @default 'same-origin'
   */
  readonly allowedOrigins?: OriginPolicy
  /**
   * The names that this server answers to, such as `example.com`, which allows every port, or `example.com:8443`; others
   * are refused with 421 (DNS rebinding).
   * @default undefined, which allows every host
   */
  readonly allowedHosts?: readonly string[] | undefined
  /**
   * The proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host are believed: addresses, networks
   * (`10.0.0.0/8`), `'loopback'`, and `'unix'` for whoever connects by a Unix socket. The proxies must write these
   * headers themselves or remove them.
   * @default [], which believes nobody
   */
  readonly trustedProxies?: readonly string[]
  /**
   * Whether to compress messages for clients that offer permessage-deflate (RFC 7692), and how. What is secret and what
   * an attacker can choose should not travel in one message then.
   * @default false
   */
  readonly deflate?: boolean | Partial<DeflateOptions>
  /** Limits of one session; see {@link SessionLimits} for each default. */
  readonly limits?: Partial<SessionLimits>
  /** Limits of one connection; see {@link WebSocketLimits} for each default. */
  readonly webSocket?: Partial<WebSocketLimits>
  /**
   * How long the presence entries of a client outlive a lost connection, in milliseconds, so that a reload or a short
   * outage shows no flicker.
   * @default 30_000
   */
  readonly presenceGraceMs?: number
  /**
   * How long publish ids are remembered, in milliseconds; a retry within it is applied once.
   * @default 120_000
   */
  readonly dedupeWindowMs?: number
  /**
   * How long the server may be silent before a client asks for a sign of life, in milliseconds.
   * @default 25_000
   */
  readonly heartbeatMs?: number
  /**
   * The longest pause between two attempts of your clients to connect, in milliseconds. The SDK's default is the same.
   * Only used to check that the windows above are long enough.
   * @default 20_000
   */
  readonly expectedReconnectMs?: number
  /** Positions, history and fan-out. @default a `MemoryBroker` */
  readonly broker?: Broker
  /** Who is in a room. @default a `MemoryPresenceStore` */
  readonly presence?: PresenceStore
  /** Carries orders to all instances. @default a bus for this instance alone */
  readonly control?: ControlBus
  /** @default warnings and errors on the console */
  readonly logger?: Logger
  /** @default the machine's clock */
  readonly clock?: Clock
  /** @default the operating system's randomness */
  readonly random?: Random
}

const OPTION_NAMES: Readonly<Record<keyof RoomcastOptions<Contract, Identity>, true>> = {
  contract: true,
  authenticate: true,
  acceptVersions: true,
  allowedOrigins: true,
  allowedHosts: true,
  trustedProxies: true,
  deflate: true,
  limits: true,
  webSocket: true,
  presenceGraceMs: true,
  dedupeWindowMs: true,
  heartbeatMs: true,
  expectedReconnectMs: true,
  broker: true,
  presence: true,
  control: true,
  onConnected: true,
  onDisconnected: true,
  logger: true,
  clock: true,
  random: true,
}

/** Options with their defaults filled in; the seams are chosen by the composition root. */
export type ResolvedOptions<T extends Contract, I extends Identity> = Required<
  Omit<
    RoomcastOptions<T, I>,
    'broker' | 'presence' | 'control' | 'onConnected' | 'onDisconnected' | 'limits' | 'webSocket'
  >
> & {
  readonly limits: SessionLimits
  readonly webSocket: WebSocketLimits
}

/** Fills in the defaults. @throws {TypeError} if an option makes no sense. */
export function resolveOptions<T extends Contract, I extends Identity>(
  options: RoomcastOptions<T, I>,
): ResolvedOptions<T, I> {
  if (typeof (options as Partial<typeof options> | undefined)?.contract?.channels !== 'object') {
    throw new TypeError('createRoomcast needs `contract`: what defineContract returned.')
  }
  if (typeof options.authenticate !== 'function') {
    throw new TypeError(
      'createRoomcast needs `authenticate`: a function that returns { userId } for a client, or null.',
    )
  }
  checkNames('createRoomcast', options, Object.keys(OPTION_NAMES))
  assertUpgradeOptions({
    allowedOrigins: options.allowedOrigins,
    allowedHosts: options.allowedHosts,
    trustedProxies: options.trustedProxies,
  })
  const resolved = {
    contract: options.contract,
    authenticate: options.authenticate,
    acceptVersions: options.acceptVersions ?? [],
    allowedOrigins: options.allowedOrigins ?? 'same-origin',
    allowedHosts: options.allowedHosts,
    trustedProxies: options.trustedProxies ?? [],
    deflate: options.deflate ?? false,
    limits: checkLimits('limits', options.limits, DEFAULT_SESSION_LIMITS),
    webSocket: checkLimits('webSocket', options.webSocket, DEFAULT_WEBSOCKET_LIMITS),
    presenceGraceMs: options.presenceGraceMs ?? 30_000,
    dedupeWindowMs: options.dedupeWindowMs ?? 120_000,
    heartbeatMs: options.heartbeatMs ?? 25_000,
    expectedReconnectMs: options.expectedReconnectMs ?? 20_000,
    logger: options.logger ?? consoleLogger,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  }
  for (const name of ['presenceGraceMs', 'dedupeWindowMs', 'heartbeatMs', 'expectedReconnectMs'] as const) {
    const value = resolved[name]
    if (!Number.isFinite(value) || value < 0) {
      throw new TypeError(`\`${name}\` must be a number of milliseconds, not ${String(value)}.`)
    }
  }
  return resolved
}

/** A connection takes a moment to be made and to be judged. */
const MARGIN_MS = 2_000

/** What would break promises of continuity: a window that closes before a client can be back. */
export function findShortWindows(options: ResolvedOptions<Contract, Identity>): readonly string[] {
  const neededMs = options.expectedReconnectMs + MARGIN_MS
  const windows: [string, number][] = [
    ['presenceGraceMs', options.presenceGraceMs],
    ['dedupeWindowMs', options.dedupeWindowMs],
  ]
  for (const [pattern, { history }] of Object.entries(options.contract.channels)) {
    if (history) windows.push([`history.ttlMs of "${pattern}"`, history.ttlMs])
  }
  return windows
    .filter(([, ms]) => ms < neededMs)
    .map(
      ([name, ms]) =>
        `${name} is ${ms} ms, but a client may need ${neededMs} ms to be back (expectedReconnectMs + ${MARGIN_MS}).`,
    )
}
