// A WebSocket connection as a transport.
import type { SplicingCodec } from '@roomcast/protocol/wire'
import type { WebSocketCloseEvent, WebSocketHandlers } from '../websocket/connection/message-delivery.ts'
import type { WebSocketConnection } from '../websocket/connection/websocket-connection.ts'
import type { OutgoingMessage, TransportGrouping, TransportHandlers } from './transport.ts'
import { framesOf, webSocketGroupingOf, type ConnectedTransport } from './websocket-group.ts'

/** See {@link Transport}. One message is one WebSocket message; batching happens below. */
export class WebSocketTransport implements ConnectedTransport {
  readonly codec: SplicingCodec
  readonly connection: WebSocketConnection

  constructor(connection: WebSocketConnection, codec: SplicingCodec) {
    this.codec = codec
    this.connection = connection
  }

  get remoteAddress(): string | undefined {
    return this.connection.remoteAddress
  }

  get bufferedBytes(): number {
    return this.connection.bufferedBytes
  }

  get grouping(): TransportGrouping {
    return webSocketGroupingOf(this.codec)
  }

  start(handlers: TransportHandlers): void {
    this.connection.setHandlers(new Receiver(handlers))
  }

  send(message: OutgoingMessage): void {
    if (message.isShared) this.connection.sendPrepared(framesOf(message))
    else this.connection.send(message.payload)
  }

  pause(): void {
    this.connection.pause()
  }

  resume(): void {
    this.connection.resume()
  }

  close(code: number, reason: string): void {
    this.connection.close(code, reason)
  }
}

/** The handlers of a transport as those of its connection: one small object, where closures would be four. */
class Receiver implements WebSocketHandlers {
  readonly #handlers: TransportHandlers

  constructor(handlers: TransportHandlers) {
    this.#handlers = handlers
  }

  message(data: string | Uint8Array): void {
    this.#handlers.message(data)
  }

  close({ code, reason }: WebSocketCloseEvent): void {
    this.#handlers.close(code, reason)
  }

  congested(): void {
    this.#handlers.congested?.()
  }

  drain(): void {
    this.#handlers.drained?.()
  }
}
