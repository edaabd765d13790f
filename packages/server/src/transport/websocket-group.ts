// WebSocket connections as a group of transports.
import type { SplicingCodec } from '@roomcast/protocol/wire'
import { ConnectionGroup } from '../websocket/connection/connection-group.ts'
import { prepareMessage, type PreparedMessage } from '../websocket/connection/prepared-message.ts'
import type { WebSocketConnection } from '../websocket/connection/websocket-connection.ts'
import type { OutgoingMessage, Transport, TransportGroup, TransportGrouping } from './transport.ts'

/** A transport that has a connection. */
export interface ConnectedTransport extends Transport {
  readonly connection: WebSocketConnection
}

/** A message costs the same however many members there are, until the end of the turn. See {@link TransportGroup}. */
class WebSocketGroup implements TransportGroup {
  readonly #connections = new ConnectionGroup()

  get size(): number {
    return this.#connections.size
  }

  add(transport: Transport): void {
    this.#connections.add((transport as ConnectedTransport).connection)
  }

  delete(transport: Transport): void {
    this.#connections.delete((transport as ConnectedTransport).connection)
  }

  send(message: OutgoingMessage): void {
    this.#connections.send(framesOf(message))
  }
}

/** What all transports that send the message share. */
export function framesOf(message: OutgoingMessage): PreparedMessage {
  message.prepared ??= prepareMessage(message.payload)
  return message.prepared as PreparedMessage
}

const groupings = new WeakMap<SplicingCodec, TransportGrouping>()

/** The grouping of all WebSocket connections with a codec. */
export function webSocketGroupingOf(codec: SplicingCodec): TransportGrouping {
  let grouping = groupings.get(codec)
  if (!grouping) {
    grouping = { createGroup: () => new WebSocketGroup() }
    groupings.set(codec, grouping)
  }
  return grouping
}
