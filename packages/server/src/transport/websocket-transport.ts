// A WebSocket connection as a transport.
import type { SplicingCodec } from '@roomcast/protocol/wire'
import { prepareMessage, type PreparedMessage } from '../websocket/connection/prepared-message.ts'
import type { WebSocketConnection } from '../websocket/connection/websocket-connection.ts'
import type { OutgoingMessage, Transport, TransportHandlers } from './transport.ts'

/** See {@link Transport}. One message is one WebSocket message; batching happens below. */
export class WebSocketTransport implements Transport {
  readonly codec: SplicingCodec
  readonly #connection: WebSocketConnection

  constructor(connection: WebSocketConnection, codec: SplicingCodec) {
    this.codec = codec
    this.#connection = connection
  }

  get remoteAddress(): string | undefined {
    return this.#connection.remoteAddress
  }

  get bufferedBytes(): number {
    return this.#connection.bufferedBytes
  }

  start(handlers: TransportHandlers): void {
    this.#connection.setHandlers({
      message: (data) => handlers.message(data),
      close: ({ code, reason }) => handlers.close(code, reason),
    })
  }

  send(message: OutgoingMessage): void {
    message.prepared ??= prepareMessage(message.payload)
    this.#connection.sendPrepared(message.prepared as PreparedMessage)
  }

  pause(): void {
    this.#connection.pause()
  }

  resume(): void {
    this.#connection.resume()
  }

  close(code: number, reason: string): void {
    this.#connection.close(code, reason)
  }
}
