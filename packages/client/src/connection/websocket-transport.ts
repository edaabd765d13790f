// The native WebSocket as a transport.
import type { ClientTransport } from './transport.ts'

/** The part of a WebSocket that the client uses. */
export interface WebSocketLike {
  binaryType: string
  readonly protocol: string
  readonly bufferedAmount: number
  send(data: string | ArrayBuffer): void
  close(code: number, reason: string): void
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(
    type: 'close',
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void
}

/** Makes a WebSocket, as the global `WebSocket` does. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike

/** Wraps a WebSocket class; without one, the global class as it is when a connection opens. */
export function webSocketTransport(implementation?: WebSocketConstructor): ClientTransport {
  return (url, protocols, handlers) => {
    const WebSocketClass: WebSocketConstructor | undefined = implementation ?? globalThis.WebSocket
    if (!WebSocketClass) throw new TypeError('No global WebSocket: pass one as `WebSocket`.')
    const socket = new WebSocketClass(url, [...protocols])
    socket.binaryType = 'arraybuffer'
    // An `error` event says nothing that the `close` event after it does not, but some classes throw it if nobody listens.
    socket.addEventListener('error', () => {})
    socket.addEventListener('open', () => handlers.open(socket.protocol))
    socket.addEventListener('message', ({ data }) =>
      handlers.message(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer)),
    )
    socket.addEventListener('close', ({ code, reason }) => handlers.close(code, reason))
    return {
      send: (payload) => socket.send(payload as string | ArrayBuffer),
      close: (code, reason) => socket.close(code, reason),
      get bufferedBytes() {
        return socket.bufferedAmount
      },
    }
  }
}
