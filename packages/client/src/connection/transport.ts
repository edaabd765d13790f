// The seam between the client and whatever carries its messages: a browser's WebSocket, or a virtual network in tests.
import type { Payload } from '@roomcast/protocol/wire'

/** Opens one connection. A failure to open is reported through `close`, or thrown if the arguments are wrong. */
export type ClientTransport = (
  url: string,
  protocols: readonly string[],
  handlers: TransportHandlers,
) => TransportConnection

/** What a transport tells. Nothing is called before the transport has returned its connection. */
export interface TransportHandlers {
  /** The connection is open; called at most once. `protocol` is the subprotocol that the server selected. */
  open(protocol: string): void
  /** A message arrived; in order, and only while the connection is open. */
  message(payload: Payload): void
  /** The connection is gone, or never came to be; called at most once, and last. */
  close(code: number, reason: string): void
}

/** One connection. */
export interface TransportConnection {
  /** Sends one message. Only called once the connection is open; what is sent after its end is dropped. */
  send(payload: Payload): void
  /** Begins to close; `close` of the handlers may follow much later, or never. */
  close(code: number, reason: string): void
  /** How many bytes wait to be written to the network. */
  readonly bufferedBytes: number
}
