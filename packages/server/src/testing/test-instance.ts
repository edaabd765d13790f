// One instance without HTTP or WebSockets: sessions over memory transports, a fake clock, and a small chat contract.
import { defineContract } from '@roomcast/protocol'
import { jsonCodec } from '@roomcast/protocol/wire'
import { z } from 'zod'
import type { Broker } from '../broker/broker.ts'
import { MemoryBroker } from '../broker/memory-broker.ts'
import { Hub } from '../hub/hub.ts'
import { MemoryPresenceStore } from '../presence/memory-presence-store.ts'
import { Authorizer, type AnyHandlers } from '../routing/authorizer.ts'
import { ChannelRouter } from '../routing/channel-router.ts'
import { Hooks, type ClientHooks } from '../routing/hooks.ts'
import { RoomFactory } from '../routing/room-factory.ts'
import { ResumeStore } from '../session/resume-store.ts'
import type { Authenticate, SessionServices } from '../session/services.ts'
import { DEFAULT_SESSION_LIMITS, type SessionLimits } from '../session/session-limits.ts'
import { SessionRegistry } from '../session/session-registry.ts'
import { Session } from '../session/session.ts'
import { MemoryTransport, type Network } from '../transport/memory-transport.ts'
import { RateTable } from '../util/rate-table.ts'
import { FakeClock } from './fake-clock.ts'
import { RecordingLogger } from './recording-logger.ts'
import { SeededRandom } from './seeded-random.ts'
import { TestClient } from './test-client.ts'

/** The contract of every test instance. */
export const testContract = defineContract({
  version: 3,
  channels: {
    'chat:{roomId}': {
      events: { message: z.object({ text: z.string().max(1000) }) },
      signals: { typing: z.object({ on: z.boolean() }) },
      presence: z.object({ name: z.string() }),
      calls: {
        rename: {
          input: z.object({ title: z.string() }),
          output: z.object({ ok: z.boolean() }),
          errors: { taken: z.object({ by: z.string() }) },
        },
        touch: {},
      },
      history: { maxItems: 5, ttlMs: 60_000 },
    },
    'num:{n}': { params: z.object({ n: z.coerce.number() }), events: { tick: z.number() } },
  },
})

/** What one instance does differently from the next. */
export interface TestInstanceOptions {
  /** Handlers by pattern; those of `chat:{roomId}` are added to ones that allow everything. */
  readonly chat?: AnyHandlers
  readonly authenticate?: Authenticate
  readonly clients?: ClientHooks
  readonly limits?: Partial<SessionLimits>
  readonly acceptVersions?: readonly number[]
  readonly wrapBroker?: (broker: Broker) => Broker
  readonly network?: Network
}

/** An open connection: the client, and the transport to cut. */
export interface TestConnection {
  readonly client: TestClient
  readonly transport: MemoryTransport
}

const REQUEST = { url: '/realtime', headers: {}, remoteAddress: undefined }

const ALLOW_ALL: AnyHandlers = {
  canSubscribe: () => true,
  canPublish: { message: () => true, typing: () => true, tick: () => true },
  calls: { rename: () => ({ ok: true }), touch: () => undefined },
}

/** See the head of this file. The token of a client is its user id; the token `nobody` is refused. */
export class TestInstance {
  readonly clock = new FakeClock(1_700_000_000_000)
  readonly logger = new RecordingLogger()
  readonly services: SessionServices
  readonly #network: Network

  constructor(options: TestInstanceOptions = {}) {
    const { clock, logger } = this
    const random = new SeededRandom(1)
    const memory = new MemoryBroker({ clock, random })
    const broker = options.wrapBroker?.(memory) ?? memory
    const presence = new MemoryPresenceStore({ random })
    const hub = new Hub(broker, presence)
    broker.start(hub)
    presence.start(hub)
    const rooms = new RoomFactory({ broker, presence, random, dedupeWindowMs: 120_000 })
    const authorizer = new Authorizer(rooms, logger)
    authorizer.register('chat:{roomId}', { ...ALLOW_ALL, ...options.chat })
    authorizer.register('num:{n}', ALLOW_ALL)
    const hooks = new Hooks({ authorizer, rooms, clients: options.clients ?? {}, logger })
    const limits = { ...DEFAULT_SESSION_LIMITS, ...options.limits }
    const { maxSubscriptions, maxOutstandingCommands } = limits
    this.#network = options.network ?? queueMicrotask
    this.services = {
      authenticate: options.authenticate ?? (({ token }) => (token === 'nobody' ? null : { userId: token! })),
      acceptVersions: [testContract.version, ...(options.acceptVersions ?? [])],
      announcement: {
        contractHash: 'hash',
        limits: { maxMessageBytes: 65_536, maxSubscriptions, maxOutstandingCommands },
        heartbeatMs: 25_000,
        dedupeWindowMs: 120_000,
      },
      broker,
      presence,
      hub,
      router: new ChannelRouter(testContract),
      authorizer,
      hooks,
      registry: new SessionRegistry(),
      resume: new ResumeStore({ clock, random, ttlMs: 120_000, maxClients: 100 }),
      limits,
      rates: { users: new RateTable(limits.userCommandRate), rooms: new RateTable(limits.roomPublishRate) },
      presenceGraceMs: 30_000,
      clock,
      random,
      logger,
    }
  }

  /** A connection on which nothing has been sent, over the network of the instance unless told otherwise. */
  open(network = this.#network): TestConnection {
    // As an endpoint does: the session is told of what is more than its outbox may hold.
    const highWaterMarkBytes = this.services.limits.maxOutboxBytes
    const { server, client } = MemoryTransport.pair({ codec: jsonCodec, network, highWaterMarkBytes })
    new Session(server, REQUEST, this.services)
    return { client: new TestClient(client), transport: client }
  }

  /** A client that has connected. */
  async connect(token = 'ada'): Promise<TestClient> {
    const { client } = this.open()
    await client.connect({ token })
    return client
  }

  /** Publishes as the server does, so that no client's echo gets in the way. */
  async publish(room: string, text: string): Promise<void> {
    await this.services.broker.publish(
      room,
      { id: `${room} ${text}`, event: 'message', from: undefined, json: JSON.stringify({ text }) },
      { retention: testContract.channels['chat:{roomId}'].history, dedupeWindowMs: 120_000 },
    )
  }
}
