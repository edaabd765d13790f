// Two transports joined inside one process, for tests and simulations: what one end sends, the other receives.
import type { Payload, SplicingCodec } from '@roomcast/protocol/wire'
import type { OutgoingMessage, Transport, TransportHandlers } from './transport.ts'

/**
 * Decides when something that was sent arrives, by calling `arrive` once: at once, later or never.
 * As on a real connection, order is kept whatever the network does: what is late holds back all that was sent after it.
 */
export type Network = (arrive: () => void) => void

/** Options of {@link MemoryTransport.pair}. */
export interface MemoryTransportOptions {
  readonly codec: SplicingCodec
  /** @default everything arrives in the next microtask */
  readonly network?: Network
  /** The address of the client, as the server sees it. */
  readonly remoteAddress?: string
  /**
   * From how much on it is told what waits, in bytes.
   * @default 1024, little enough for a test to reach
   */
  readonly highWaterMarkBytes?: number
}

type Parcel =
  | { readonly kind: 'message'; readonly payload: Payload; readonly bytes: number }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }

interface Sent {
  readonly parcel: Parcel
  hasArrived: boolean
}

/** One end; see {@link Transport} for the guarantees. Closing is a handshake, as in RFC 6455 §7.1. */
export class MemoryTransport implements Transport {
  readonly codec: SplicingCodec
  readonly remoteAddress: string | undefined
  readonly #network: Network
  readonly #highWaterMarkBytes: number
  /** Set by `pair` before anyone else sees this end. */
  #peer!: MemoryTransport
  #handlers: TransportHandlers | undefined
  /** What the peer sent, in order, as long as it is on its way or waits to be read. */
  #incoming: Sent[] = []
  #incomingBytes = 0
  #state: 'open' | 'closing' | 'closed' = 'open'
  #isPaused = false
  #isReading = false
  /** Whether more waited for the peer than the high-water mark, and more than half of it still does. */
  #isCongested = false

  private constructor(options: MemoryTransportOptions, remoteAddress?: string) {
    const { codec, network = queueMicrotask, highWaterMarkBytes = 1024 } = options
    this.codec = codec
    this.#highWaterMarkBytes = highWaterMarkBytes
    this.remoteAddress = remoteAddress
    this.#network = network
  }

  /** Makes both ends of a connection. */
  static pair(options: MemoryTransportOptions): {
    readonly server: MemoryTransport
    readonly client: MemoryTransport
  } {
    const server = new MemoryTransport(options, options.remoteAddress)
    const client = new MemoryTransport(options)
    server.#peer = client
    client.#peer = server
    return { server, client }
  }

  /** What was sent and not yet read by the peer, in bytes. */
  get bufferedBytes(): number {
    return this.#peer.#incomingBytes
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers
    this.#read()
  }

  send({ payload }: OutgoingMessage): void {
    if (this.#state !== 'open') return
    this.#dispatch({ kind: 'message', payload, bytes: Buffer.byteLength(payload) })
    if (this.#isCongested || this.bufferedBytes <= this.#highWaterMarkBytes) return
    this.#isCongested = true
    this.#handlers?.congested?.()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#read()
  }

  close(code: number, reason: string): void {
    if (this.#state !== 'open') return
    this.#state = 'closing'
    this.#dispatch({ kind: 'close', code, reason })
    this.#read()
  }

  /** Breaks the connection, as when a cable is cut: what is on its way is lost, and both ends see 1006 at once. */
  cut(): void {
    this.#lose()
    this.#peer.#lose()
  }

  /** The peer has read a message. */
  #taken(): void {
    if (!this.#isCongested || this.bufferedBytes > this.#highWaterMarkBytes / 2) return
    this.#isCongested = false
    this.#handlers?.drained?.()
  }

  #lose(): void {
    if (this.#state === 'closed') return
    this.#state = 'closing'
    this.#incoming = [{ parcel: { kind: 'close', code: 1006, reason: '' }, hasArrived: true }]
    this.#incomingBytes = 0
    this.#read()
  }

  #dispatch(parcel: Parcel): void {
    const peer = this.#peer
    const sent: Sent = { parcel, hasArrived: false }
    peer.#incoming.push(sent)
    if (parcel.kind === 'message') peer.#incomingBytes += parcel.bytes
    this.#network(() => {
      sent.hasArrived = true
      peer.#read()
    })
  }

  #read(): void {
    if (!this.#handlers || this.#isReading) return
    this.#isReading = true
    try {
      for (let next = this.#next(); next; next = this.#next()) this.#accept(next, this.#handlers)
    } finally {
      this.#isReading = false
    }
  }

  /** Takes what may be read now. Once closing, messages no longer wait for `resume`: they are read over. */
  #next(): Parcel | undefined {
    const first = this.#incoming[0]
    if (!first?.hasArrived) return undefined
    if (first.parcel.kind === 'message' && this.#isPaused && this.#state === 'open') return undefined
    this.#incoming.shift()
    return first.parcel
  }

  #accept(parcel: Parcel, handlers: TransportHandlers): void {
    if (parcel.kind === 'message') {
      this.#incomingBytes -= parcel.bytes
      this.#peer.#taken()
      if (this.#state === 'open') handlers.message(parcel.payload)
      return
    }
    const { code, reason } = parcel
    if (this.#state === 'closed') return
    if (this.#state === 'open') this.#dispatch({ kind: 'close', code, reason })
    this.#state = 'closed'
    handlers.close(code, reason)
  }
}
