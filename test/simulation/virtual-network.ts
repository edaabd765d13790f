// A network without sockets: each direction of a link is a FIFO with delays, as TCP is; a link may be cut, or go dead
// without anybody being told.
import type { Payload } from '@roomcast/protocol/wire'
import type { SplicingCodec } from '@roomcast/protocol/wire'
import type { Clock, OutgoingMessage, Transport, TransportHandlers } from '@roomcast/server'
import type { SeededRandom } from './random.ts'

/** What a client's end is told. */
export interface ClientEnd {
  open(protocol: string): void
  message(payload: Payload): void
  close(code: number, reason: string): void
}

/** How the network behaves. */
export interface NetworkOptions {
  readonly clock: Clock
  readonly random: SeededRandom
  /** The longest delay of a message, in milliseconds. */
  readonly maxDelayMs: number
  /** After how long an end of a dead link gives up on it, as heartbeats do, in milliseconds. */
  readonly deadAfterMs: number
}

/** One connection: the server's end is a `Transport`, the client's end is driven through methods. */
export class Link implements Transport {
  readonly codec: SplicingCodec
  readonly remoteAddress = undefined
  readonly #options: NetworkOptions
  readonly #client: ClientEnd
  #server: TransportHandlers | undefined
  #state: 'up' | 'dead' | 'down' = 'up'
  #isPaused = false
  #closeSentTo = { client: false, server: false }
  /** Messages that arrived at the server's end and were not yet delivered to it. */
  readonly #inbox: Payload[] = []
  #lastArrival = { client: 0, server: 0 }
  #inFlightToClient = 0

  constructor(client: ClientEnd, codec: SplicingCodec, options: NetworkOptions) {
    this.#client = client
    this.codec = codec
    this.#options = options
  }

  get isUp(): boolean {
    return this.#state === 'up'
  }

  get bufferedBytes(): number {
    return this.#inFlightToClient
  }

  // --- the server's end ---

  start(handlers: TransportHandlers): void {
    this.#server = handlers
    this.#pump()
  }

  send(message: OutgoingMessage): void {
    const { payload } = message
    this.#inFlightToClient += payload.length
    this.#carry('client', () => {
      this.#inFlightToClient -= payload.length
      this.#client.message(payload)
    })
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#pump()
  }

  close(code: number, reason: string): void {
    if (this.#closeSentTo.client) return
    this.#carry('client', () => this.#tellClient(code, reason))
    this.#tellServer(code, reason)
  }

  // --- the client's end ---

  open(): void {
    this.#carry('client', () => this.#client.open(this.codec.subprotocol))
  }

  sendFromClient(payload: Payload): void {
    if (this.#closeSentTo.server) return
    this.#carry('server', () => {
      this.#inbox.push(payload)
      this.#pump()
    })
  }

  closeFromClient(code: number, reason: string): void {
    this.#carry('server', () => this.#tellServer(code, reason))
    this.#options.clock.defer(() => this.#tellClient(code, reason))
  }

  // --- faults ---

  /** The link breaks: what is under way is lost, and each end notices after a while. */
  cut(): void {
    if (this.#state === 'down') return
    this.#state = 'down'
    const { clock, random, maxDelayMs } = this.#options
    clock.setTimer(() => this.#tellClient(1006, ''), random.int(0, maxDelayMs))
    clock.setTimer(() => this.#tellServer(1006, ''), random.int(0, maxDelayMs))
  }

  /** The link swallows everything; only timeouts end it. */
  goDead(): void {
    if (this.#state !== 'up') return
    this.#state = 'dead'
    const { clock, random, deadAfterMs } = this.#options
    clock.setTimer(() => this.#tellServer(1006, ''), random.int(deadAfterMs / 2, deadAfterMs))
  }

  /** The server's process is gone: it is told nothing. */
  serverDied(): void {
    this.#server = undefined
    this.#closeSentTo = { ...this.#closeSentTo, server: true }
    this.cut()
  }

  #carry(to: 'client' | 'server', arrive: () => void): void {
    if (this.#state !== 'up') return
    const { clock, random, maxDelayMs } = this.#options
    const at = Math.max(this.#lastArrival[to], clock.monotonic() + random.int(0, maxDelayMs))
    this.#lastArrival[to] = at
    clock.setTimer(() => {
      if (this.#state === 'up') arrive()
    }, at - clock.monotonic())
  }

  #pump(): void {
    while (this.#server && !this.#isPaused && this.#inbox.length > 0)
      this.#server.message(this.#inbox.shift()!)
  }

  #tellClient(code: number, reason: string): void {
    if (this.#closeSentTo.client) return
    this.#closeSentTo.client = true
    this.#client.close(code, reason)
  }

  #tellServer(code: number, reason: string): void {
    if (this.#closeSentTo.server) return
    this.#closeSentTo.server = true
    this.#server?.close(code, reason)
  }
}
