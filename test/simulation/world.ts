// One simulated system: an instance, its clients, the network between them and everything that goes wrong, in virtual time
// and from one seed.
import { createClient, type Client } from '@roomcast/client'
import { msgpackCodec as clientMsgpackCodec } from '@roomcast/client/msgpack'
import { defineContract } from '@roomcast/protocol'
import { msgpackCodec } from '@roomcast/protocol/msgpack'
import { jsonCodec } from '@roomcast/protocol/wire'
import {
  createRoomcast,
  MemoryBroker,
  MemoryPresenceStore,
  silentLogger,
  type Roomcast,
} from '@roomcast/server'
import { z } from 'zod'
import { FakeClock } from '../../packages/server/src/testing/fake-clock.ts'
import type { AppendRecord } from './checker.ts'
import { SeededRandom } from './random.ts'
import { RecordingBroker, type PlantedBug } from './recording-broker.ts'
import { Link, type NetworkOptions } from './virtual-network.ts'

/** The contract of the simulation: plenty of history, little, and none. */
export const contract = defineContract({
  version: 1,
  channels: {
    'deep:{id}': {
      events: { note: z.object({ key: z.string() }) },
      presence: z.object({ name: z.string() }),
      history: { maxItems: 1000, ttlMs: 600_000 },
    },
    'shallow:{id}': {
      events: { note: z.object({ key: z.string() }) },
      presence: z.object({ name: z.string() }),
      history: { maxItems: 3, ttlMs: 600_000 },
    },
    'bare:{id}': {
      events: { note: z.object({ key: z.string() }) },
      presence: z.object({ name: z.string() }),
    },
  },
})
type Inferred = typeof contract
export interface SimulationContract extends Inferred {}

/** The patterns of the contract. */
export type Pattern = keyof Inferred['channels']

/** What makes a run. */
export interface WorldOptions {
  readonly seed: number
  readonly bug?: PlantedBug | undefined
}

/** A client and the network's hold on it. */
export interface SimulatedClient {
  readonly name: string
  readonly client: Client<SimulationContract>
  /** Its newest connection. */
  link(): Link | undefined
}

export const GRACE_MS = 20_000

/** The system under test. */
export class World {
  readonly clock = new FakeClock(1_700_000_000_000)
  readonly random: SeededRandom
  readonly appends: AppendRecord[] = []
  readonly #bug: PlantedBug | undefined
  readonly #network: NetworkOptions
  readonly #links = new Set<Link>()
  #roomcast: Roomcast<Inferred> | undefined

  constructor({ seed, bug }: WorldOptions) {
    this.random = new SeededRandom(seed)
    this.#bug = bug
    this.#network = { clock: this.clock, random: this.random.fork(), maxDelayMs: 120, deadAfterMs: 35_000 }
    this.startServer()
  }

  /** How many sessions the instance has; 0 while it is down. */
  get sessionCount(): number {
    return this.#roomcast?.sessionCount ?? 0
  }

  startServer(): void {
    const { clock } = this
    const random = this.random.fork()
    const roomcast = createRoomcast({
      contract,
      authenticate: async ({ token }) => (token ? { userId: token } : null),
      limits: { commandRate: { perSecond: 1000, burst: 5000 } },
      presenceGraceMs: GRACE_MS,
      broker: new RecordingBroker(new MemoryBroker({ clock, random }), this.appends, this.#bug),
      presence: new MemoryPresenceStore({ random }),
      clock,
      random,
      logger: silentLogger,
    })
    const canSubscribe = (): boolean => true
    const canPublish = { note: (): boolean => true }
    for (const pattern of Object.keys(contract.channels) as Pattern[])
      roomcast.channel(pattern, { canSubscribe, canPublish })
    this.#roomcast = roomcast
  }

  /** The process dies: nobody is told, and what was in memory is gone. */
  killServer(): void {
    for (const link of this.#links) link.serverDied()
    this.#links.clear()
    this.#roomcast = undefined
  }

  addClient(name: string): SimulatedClient {
    const isBinary = this.random.chance(0.5)
    let newest: Link | undefined
    const client = createClient<SimulationContract>({
      url: 'ws://simulation',
      token: name,
      version: 1,
      codec: isBinary ? clientMsgpackCodec : jsonCodec,
      clock: this.clock,
      random: this.random.fork(),
      backoff: { minMs: 200, maxMs: 5_000 },
      dedupeIds: this.#bug === 'client-dedupe-off' ? 0 : 1000,
      transport: (_url, _protocols, handlers) => {
        const link = new Link(handlers, isBinary ? msgpackCodec : jsonCodec, this.#network)
        newest = link
        this.#connect(link)
        return {
          bufferedBytes: 0,
          send: (payload) => link.sendFromClient(payload),
          close: (code, reason) => link.closeFromClient(code, reason),
        }
      },
    })
    return { name, client, link: () => newest }
  }

  #connect(link: Link): void {
    this.clock.setTimer(
      () => {
        if (!this.#roomcast) return link.serverDied()
        this.#links.add(link)
        link.open()
        this.#roomcast.accept(link, { url: '/', headers: {}, remoteAddress: undefined })
      },
      this.random.int(1, 50),
    )
  }
}
