// A server for tests that does only what the test says. Its connections are a transport for the client.
import { jsonCodec } from '@roomcast/protocol/wire'
import type {
  Command,
  CommandOf,
  ConnectResult,
  Payload,
  Position,
  PresenceChange,
  ResultOf,
  ServerMessage,
  SubscribeResult,
  WireError,
} from '@roomcast/protocol/wire'
import { createClient, type Client } from '../client.ts'
import type { ClientTransport, TransportHandlers } from '../connection/transport.ts'
import type { ClientOptions } from '../options.ts'
import type { TestContract } from './test-contract.ts'
import { FakeClock, settled } from './fake-clock.ts'

export const CONNECTED: ConnectResult = {
  sessionId: 's1',
  clientId: 'c1',
  secret: 'secret-1',
  userId: 'ada',
  contract: 'same',
  contractHash: 'hash-1',
  limits: { maxMessageBytes: 1000, maxSubscriptions: 100, maxOutstandingCommands: 50 },
  heartbeatMs: 25_000,
  dedupeWindowMs: 60_000,
}

const CHANNEL = { history: null, presence: true }

export const at = (offset: number, epoch = 'e1'): Position => ({
  epoch,
  offset,
  tag: offset && 1000 + offset,
})

/** One connection as the server sees it. */
export class FakeConnection {
  readonly url: string
  readonly protocols: readonly string[]
  /** All that the client has sent and the test has not taken. */
  readonly received: Command[] = []
  /** Set when the client closes. */
  closedWith: number | undefined
  bufferedBytes = 0
  readonly #handlers: TransportHandlers

  constructor(url: string, protocols: readonly string[], handlers: TransportHandlers) {
    this.url = url
    this.protocols = protocols
    this.#handlers = handlers
  }

  /** The types of what was received and not taken, in order. */
  get types(): string[] {
    return this.received.map(({ type }) => type)
  }

  open(protocol = this.protocols[0]!): void {
    this.#handlers.open(protocol)
  }

  /** Opens and accepts the client. Returns the `connect` command. */
  accept(overrides: Partial<ConnectResult> = {}): CommandOf<'connect'> {
    this.open()
    const connect = this.take('connect')
    this.reply(connect, { ...CONNECTED, ...overrides })
    return connect
  }

  /** Removes and returns the first received command of a type; fails if there is none. */
  take<Type extends Command['type']>(type: Type): CommandOf<Type> {
    const index = this.received.findIndex((command) => command.type === type)
    if (index < 0) throw new Error(`no ${type} among: ${this.types.join(' ')}`)
    return this.received.splice(index, 1)[0] as CommandOf<Type>
  }

  push(message: ServerMessage): void {
    this.#handlers.message(JSON.stringify(message))
  }

  pushRaw(payload: Payload): void {
    this.#handlers.message(payload)
  }

  reply<Type extends keyof ResultOf>(command: CommandOf<Type>, result: ResultOf[Type]): void {
    const { id } = command as { readonly id: number }
    this.push({ type: 'reply', id, result })
  }

  refuse(command: { readonly id: number }, error: Partial<WireError> & { readonly code: string }): void {
    this.push({ type: 'error', id: command.id, error: { message: error.code, ...error } })
  }

  /** Takes a `subscribe` and grants it. Returns the command. */
  grant(result: Partial<SubscribeResult> = {}): CommandOf<'subscribe'> {
    const subscribe = this.take('subscribe')
    this.reply(subscribe, { position: at(0), replay: 0, channel: CHANNEL, ...result })
    return subscribe
  }

  /** Pushes the publication with this offset to `chat:1`. */
  publish(offset: number, { id = `id-${offset}`, tag = 1000 + offset, text = `text ${offset}` } = {}): void {
    this.push({
      type: 'publication',
      room: 'chat:1',
      id,
      event: 'message',
      offset,
      tag,
      from: { userId: 'bob', clientId: 'b1' },
      time: 5,
      data: { text },
    })
  }

  pushPresence(offset: number, change: PresenceChange, epoch = 'p1'): void {
    this.push({ type: 'presence', room: 'chat:1', position: { epoch, offset }, change })
  }

  close(code = 1006, reason = ''): void {
    this.#handlers.close(code, reason)
  }

  /** The transport that makes such connections. */
  static transport(connections: FakeConnection[]): ClientTransport {
    return (url, protocols, handlers) => {
      const connection = new FakeConnection(url, protocols, handlers)
      connections.push(connection)
      return {
        send: (payload) => void connection.received.push(jsonCodec.decode(payload) as Command),
        close: (code) => void (connection.closedWith = code),
        get bufferedBytes() {
          return connection.bufferedBytes
        },
      }
    }
  }
}

/** A client, its clock, and the connections that it has opened. */
export interface Bench {
  readonly client: Client<TestContract>
  readonly clock: FakeClock
  readonly connections: FakeConnection[]
  /** The latest connection. */
  readonly server: FakeConnection
  /** Waits for the client to open the next connection. */
  next(): Promise<FakeConnection>
  /** Loses the connection and accepts the next one. */
  reconnect(overrides?: Partial<ConnectResult>): Promise<FakeConnection>
}

/** Makes a client. `random` gives half of each backoff, so that waits are known. */
export function createBench(options: Partial<ClientOptions> = {}): Bench {
  const clock = new FakeClock()
  const connections: FakeConnection[] = []
  let ids = 0
  const client = createClient<TestContract>({
    url: 'wss://test',
    transport: FakeConnection.transport(connections),
    clock,
    random: {
      bytes: (size) => (size === 4 ? Uint8Array.of(0, 0, 0, 128) : new Uint8Array(size).fill(ids++)),
    },
    ...options,
  })
  const latest = (): FakeConnection => connections.at(-1)!
  const next = async (): Promise<FakeConnection> => {
    const count = connections.length
    await settled()
    while (connections.length === count) await clock.advance(client.status.nextAttemptAt! - clock.now())
    return latest()
  }
  return {
    client,
    clock,
    connections,
    get server() {
      return latest()
    },
    next,
    async reconnect(overrides) {
      latest().close()
      const server = await next()
      server.accept(overrides)
      return server
    },
  }
}

/** As `createBench`, connected. */
export async function createConnectedBench(options: Partial<ClientOptions> = {}): Promise<Bench> {
  const bench = createBench(options)
  bench.client.connect()
  await settled()
  bench.server.accept()
  return bench
}
