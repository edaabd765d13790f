// What sessions stand on: interfaces of the layers below, and what the composition root has built.
import type { ConnectResult } from '@roomcast/protocol/wire'
import type { Broker } from '../broker/broker.ts'
import type { Clock } from '../clock.ts'
import type { Hub } from '../hub/hub.ts'
import type { Logger } from '../logger.ts'
import type { PresenceStore } from '../presence/presence-store.ts'
import type { Random } from '../random.ts'
import type { Authorizer } from '../routing/authorizer.ts'
import type { ChannelRouter } from '../routing/channel-router.ts'
import type { Identity } from '../routing/handlers.ts'
import type { Hooks } from '../routing/hooks.ts'
import type { RateTable } from '../util/rate-table.ts'
import type { ResumeStore } from './resume-store.ts'
import type { SessionLimits } from './session-limits.ts'
import type { SessionRegistry } from './session-registry.ts'

/** The HTTP request that opened a connection, as `authenticate` sees it. Released once it has judged. */
export interface ConnectionRequest {
  readonly url: string
  /** Names in lower case; a header that came twice has its values in one array. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly remoteAddress: string | undefined
}

/** What a client offers to prove who it is. */
export interface Credentials {
  readonly token: string | undefined
  readonly request: ConnectionRequest
}

/** Says who a client is; `null` or `undefined` refuses it. */
export type Authenticate<I extends Identity = Identity> = (
  credentials: Credentials,
) => I | null | undefined | Promise<I | null | undefined>

/** What the server announces to every client alike. */
export type Announcement = Pick<ConnectResult, 'contractHash' | 'limits' | 'heartbeatMs' | 'dedupeWindowMs'>

/** The dependencies of a session. */
export interface SessionServices {
  readonly authenticate: Authenticate
  /** Versions of the contract that clients may have been built with; the first is the server's own. */
  readonly acceptVersions: readonly number[]
  readonly announcement: Announcement
  readonly broker: Broker
  readonly presence: PresenceStore
  readonly hub: Hub
  readonly router: ChannelRouter
  readonly authorizer: Authorizer
  readonly hooks: Hooks
  readonly registry: SessionRegistry
  readonly resume: ResumeStore
  readonly limits: SessionLimits
  /** The commands of each user, and what clients send to each room. */
  readonly rates: { readonly users: RateTable; readonly rooms: RateTable }
  /** How long the presence entries of a client outlive its connection, in milliseconds. */
  readonly presenceGraceMs: number
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}
