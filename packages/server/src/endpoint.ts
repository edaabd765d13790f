// Where clients connect: one path of one HTTP server, and the connections that came in there.
import { CLOSE_CODES, jsonCodec, type SplicingCodec } from '@roomcast/protocol/wire'
import { msgpackCodec } from '@roomcast/protocol/msgpack'
import type { ConnectionRequest } from './session/services.ts'
import type { Transport } from './transport/transport.ts'
import { WebSocketTransport } from './transport/websocket-transport.ts'
import type { Crowds } from './util/crowds.ts'
import { ConnectionSet, type ConnectionSetOptions } from './websocket/connection/connection-set.ts'
import { addressGroup } from './websocket/handshake/ip-address.ts'
import type { UpgradeOptions } from './websocket/handshake/upgrade-options.ts'
import type { UpgradeRequest } from './websocket/handshake/upgrade-request.ts'
import type { WebSocketConnection } from './websocket/connection/websocket-connection.ts'

const CODECS: readonly SplicingCodec[] = [jsonCodec, msgpackCodec]

/** Options of an {@link Endpoint}. */
export interface EndpointOptions extends ConnectionSetOptions {
  readonly upgrade: Omit<UpgradeOptions, 'protocols' | 'open'>
  /** Begins a session. `onOpen` is to be called when the client has been authenticated, or is gone. */
  readonly open: (transport: Transport, request: ConnectionRequest, onOpen: () => void) => void
  /** The connections whose client is not known yet, by address; shared by all endpoints of a server. */
  readonly newcomers: Crowds<WebSocketConnection>
  readonly maxNewcomersPerAddress: number
}

/** Accepts upgrades and, when it closes, sends everyone away to connect elsewhere. */
export class Endpoint {
  readonly #options: EndpointOptions
  readonly #connections: ConnectionSet
  #closed: Promise<void> | undefined
  #isTurningAway = false

  constructor(options: EndpointOptions) {
    this.#options = options
    this.#connections = new ConnectionSet(options)
  }

  /** How upgrades are answered here. */
  get upgrade(): UpgradeOptions {
    return {
      ...this.#options.upgrade,
      protocols: selectSubprotocol,
      open: (connection, upgradeRequest) => this.#open(connection, upgradeRequest),
    }
  }

  get isClosed(): boolean {
    return this.#isTurningAway || this.#closed !== undefined
  }

  /** Accepts no more. Connections stay. */
  turnAway(): void {
    this.#isTurningAway = true
  }

  /** Accepts no more, closes every connection with 1012 (service restart), and resolves when all are gone. */
  close(): Promise<void> {
    return (this.#closed ??= this.#connections.closeAll(1012, 'restart'))
  }

  #open(connection: WebSocketConnection, { url, headers, remoteAddress }: UpgradeRequest): void {
    const release = this.#admitNewcomer(connection)
    this.#connections.add(connection)
    const codec = CODECS.find(({ subprotocol }) => subprotocol === connection.subprotocol)
    if (codec)
      this.#options.open(new WebSocketTransport(connection, codec), { url, headers, remoteAddress }, release)
    // A browser cannot see why a handshake was refused, so what speaks no known protocol is let in and told.
    else {
      connection.onGone(release)
      connection.close(CLOSE_CODES.unsupportedProtocol, 'unsupportedProtocol')
    }
  }

  /** Counts a connection until the returned function is called. Whoever has no address cannot be told from others. */
  #admitNewcomer(connection: WebSocketConnection): () => void {
    const { remoteAddress } = connection
    if (remoteAddress === undefined) return () => {}
    const { newcomers, maxNewcomersPerAddress } = this.#options
    const group = addressGroup(remoteAddress)
    const place = newcomers.add(group, connection)
    newcomers.takeBeyond(group, maxNewcomersPerAddress)?.close(1013, 'tooManyUnauthenticated')
    return () => newcomers.delete(group, place)
  }
}

/** The first offered codec that the server knows, or else the first that is ours at all. */
function selectSubprotocol(offered: readonly string[]): string | undefined {
  return (
    offered.find((token) => CODECS.some(({ subprotocol }) => subprotocol === token)) ??
    offered.find((token) => token.startsWith('roomcast.'))
  )
}
