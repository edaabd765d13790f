// What a client can be told, and what it does if it is not told.
import { jsonCodec, type Codec } from '@roomcast/protocol/wire'
import { systemClock, type Clock } from './clock.ts'
import type { Backoff } from './connection/retry.ts'
import type { Resolvable } from './connection/connection.ts'
import type { ClientTransport } from './connection/transport.ts'
import { webSocketTransport, type WebSocketConstructor } from './connection/websocket-transport.ts'
import type { Logger } from './logger.ts'
import { systemRandom, type Random } from './random.ts'

/** Options of `createClient`. */
export interface ClientOptions {
  /** Where the server is, such as `wss://example.com/realtime`. A function is called anew for each attempt. */
  readonly url: Resolvable<string>
  /** What the server's `authenticate` judges. A function is called anew for each attempt. @default none */
  readonly token?: Resolvable<string | undefined>
  /** The version of the contract that the application was built with. @default not sent, and not checked */
  readonly version?: number
  /** How messages are written; see also `@roomcast/client/msgpack`. @default jsonCodec */
  readonly codec?: Codec
  /** The WebSocket class, for hosts without one. @default globalThis.WebSocket, when a connection opens */
  readonly WebSocket?: WebSocketConstructor
  /** Carries messages in place of a WebSocket. @default a WebSocket */
  readonly transport?: ClientTransport
  /** The source of time. @default the system's */
  readonly clock?: Clock
  /** The source of randomness, which must be cryptographically secure. @default the system's */
  readonly random?: Random
  /** The bounds of the wait between attempts, in milliseconds. @default { minMs: 500, maxMs: 20_000 } */
  readonly backoff?: Backoff
  /** How long a connection must last before the waits begin anew, in milliseconds. @default 10_000 */
  readonly stableAfterMs?: number
  /** How long one attempt may take, from asking for the token to the server's answer, in milliseconds. @default 10_000 */
  readonly connectTimeoutMs?: number
  /** How long the answer to a command may take, in milliseconds. @default 10_000 */
  readonly commandTimeoutMs?: number
  /** How long a subscription outlives its last lease, in milliseconds. @default 250 */
  readonly lingerMs?: number
  /** How many publishes and calls may wait to be sent; more are rejected with `queueFull`. @default 256 */
  readonly maxQueuedCommands?: number
  /** How many publication ids are remembered per room, so that none surfaces twice. @default 1000 */
  readonly dedupeIds?: number
  /** @default silence */
  readonly logger?: Logger
}

/** Options with nothing left open that has a default. */
export type ResolvedOptions = Required<Omit<ClientOptions, 'WebSocket' | Undefaulted>> &
  Pick<ClientOptions, Undefaulted>

type Undefaulted = 'token' | 'version' | 'logger'

/** Fills in the defaults. Opens nothing and looks at no global, so it runs anywhere. */
export function resolveOptions({ WebSocket, ...options }: ClientOptions): ResolvedOptions {
  return {
    transport: webSocketTransport(WebSocket),
    codec: jsonCodec,
    clock: systemClock,
    random: systemRandom,
    backoff: { minMs: 500, maxMs: 20_000 },
    stableAfterMs: 10_000,
    connectTimeoutMs: 10_000,
    commandTimeoutMs: 10_000,
    lingerMs: 250,
    maxQueuedCommands: 256,
    dedupeIds: 1000,
    ...options,
  }
}
