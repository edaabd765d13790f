// Everything that one server, or one client, needs for permessage-deflate on any number of connections.
import { systemClock, type Clock } from '../../clock.ts'
import type { Compression } from '../connection/compression.ts'
import type { DeflateAgreement } from '../protocol/deflate-negotiation.ts'
import type { DeflateOptions } from './deflate-options.ts'
import { MessageDeflater } from './message-deflater.ts'
import { MessageInflater } from './message-inflater.ts'
import { ZlibPool } from './zlib-pool.ts'

export interface DeflateEndpointOptions {
  readonly role: 'server' | 'client'
  readonly options: DeflateOptions
  /** The longest message in bytes once it is inflated. */
  readonly maxMessageBytes: number
  /** @default the machine's clock */
  readonly clock?: Clock
  /** @default that of the process, for the machine's clock */
  readonly pool?: ZlibPool
}

/** Servers and clients share the threads and the event loop, so they share what bounds their use. */
const processPool = new ZlibPool()

/**
 * Hands out the compression of connections. Those that agreed on a window without context takeover share one deflater, so
 * a prepared message is compressed once for all of them.
 */
export class DeflateEndpoint {
  readonly options: DeflateOptions
  readonly #role: 'server' | 'client'
  readonly #maxMessageBytes: number
  readonly #pool: ZlibPool
  readonly #sharedDeflaters = new Map<number, MessageDeflater>()

  constructor({ role, options, maxMessageBytes, clock = systemClock, pool }: DeflateEndpointOptions) {
    this.options = options
    this.#role = role
    this.#maxMessageBytes = maxMessageBytes
    this.#pool = pool ?? (clock === systemClock ? processPool : new ZlibPool({ clock }))
  }

  /** The compression of a connection that agreed on this. Takes no memory for zlib until there is something to do. */
  compressionFor(agreement: DeflateAgreement): Compression {
    const common = { agreement, role: this.#role, options: this.options, pool: this.#pool }
    return {
      compressor: this.#deflaterFor(common),
      decompressor: new MessageInflater({ ...common, maxMessageBytes: this.#maxMessageBytes }),
    }
  }

  #deflaterFor(common: ConstructorParameters<typeof MessageDeflater>[0]): MessageDeflater {
    const { agreement } = common
    const isServer = this.#role === 'server'
    const windowBits = isServer ? agreement.serverMaxWindowBits : agreement.clientMaxWindowBits
    const shared = this.#sharedDeflaters.get(windowBits)
    const deflater = new MessageDeflater(common)
    if (!deflater.isStateless) return deflater
    if (shared === undefined) this.#sharedDeflaters.set(windowBits, deflater)
    return shared ?? deflater
  }
}
