// The way of a client to the server of a test bench: messages without sockets, and a cable that a test can pull.
import { msgpackCodec } from '@roomcast/protocol/msgpack'
import { CLOSE_CODES, jsonCodec, type Payload, type SplicingCodec } from '@roomcast/protocol/wire'
import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import type { ConnectionRequest } from '../session/services.ts'
import { MemoryTransport } from '../transport/memory-transport.ts'
import { OutgoingMessage, type Transport } from '../transport/transport.ts'

/** What a client's end is told. Nothing is told before the transport has returned its connection. */
export interface TestTransportHandlers {
  open(protocol: string): void
  message(payload: Payload): void
  close(code: number, reason: string): void
}

/** A client's end of a connection. */
export interface TestTransportConnection {
  send(payload: Payload): void
  close(code: number, reason: string): void
  readonly bufferedBytes: number
}

/** What `createClient` of `@roomcast/client` takes as its `transport`. */
export type TestTransport = (
  url: string,
  protocols: readonly string[],
  handlers: TestTransportHandlers,
) => TestTransportConnection

/** The options of a client that belong to a bench; the others are the test's. */
export interface TestClientOptions {
  readonly url: string
  readonly transport: TestTransport
  readonly clock: Clock
  readonly random: Random
}

/** What `authenticate` sees of the request that opens a connection. */
export interface TestRequest {
  /** Names in lower case. @default {} */
  readonly headers?: ConnectionRequest['headers']
  /** @default undefined */
  readonly remoteAddress?: string
}

/** What a network stands on. */
export interface TestNetworkHost {
  readonly clock: Clock
  readonly random: Random
  /** Begins a session. */
  readonly accept: (transport: Transport, request: ConnectionRequest) => void
  /** From how many waiting bytes on a session counts as congested. */
  readonly highWaterMarkBytes: number
}

const CODECS: readonly SplicingCodec[] = [jsonCodec, msgpackCodec]

const LOST = 1006

/** See the head of this file. Everything that is sent arrives in the next microtask, so an `await` is all the waiting there is. */
export class TestNetwork {
  /** Spread these into the options of `createClient`. */
  readonly client: TestClientOptions
  readonly #host: TestNetworkHost
  readonly #request: TestRequest
  readonly #open = new Set<MemoryTransport>()
  #isDown = false

  constructor(host: TestNetworkHost, request: TestRequest) {
    this.#host = host
    this.#request = request
    const { clock, random } = host
    const transport: TestTransport = (url, protocols, handlers) => this.#connect(url, protocols, handlers)
    this.client = { url: 'ws://test.invalid/realtime', transport, clock, random }
  }

  /** How many connections are open. */
  get connectionCount(): number {
    return this.#open.size
  }

  /** Loses every connection: what is on its way is lost, and both ends see 1006 at once. The client may connect again. */
  cut(): void {
    for (const end of this.#open) end.cut()
  }

  /** Loses every connection, and lets no other come to be until `goUp`. */
  goDown(): void {
    this.#isDown = true
    this.cut()
  }

  /** Ends `goDown`. Clients notice at their next attempt. */
  goUp(): void {
    this.#isDown = false
  }

  #connect(
    url: string,
    protocols: readonly string[],
    handlers: TestTransportHandlers,
  ): TestTransportConnection {
    const { pathname, search } = new URL(url)
    const codec = CODECS.find(({ subprotocol }) => protocols.includes(subprotocol))
    const { highWaterMarkBytes, accept } = this.#host
    const { headers = {}, remoteAddress } = this.#request
    const { server, client } = MemoryTransport.pair({ codec: codec ?? jsonCodec, highWaterMarkBytes })
    let isWanted = true
    queueMicrotask(() => {
      if (this.#isDown || !isWanted) return handlers.close(LOST, '')
      if (!codec) return handlers.close(CLOSE_CODES.unsupportedProtocol, 'unsupportedProtocol')
      this.#open.add(client)
      handlers.open(codec.subprotocol)
      client.start({
        message: (payload) => handlers.message(payload),
        close: (code, reason) => {
          this.#open.delete(client)
          handlers.close(code, reason)
        },
      })
      accept(server, { url: pathname + search, headers, remoteAddress })
    })
    return {
      send: (payload) => client.send(new OutgoingMessage(payload)),
      close: (code, reason) => {
        isWanted = false
        client.close(code, reason)
      },
      get bufferedBytes() {
        return client.bufferedBytes
      },
    }
  }
}
