// The network cable of this page, to be pulled out for a demonstration. It stands where the SDK lets an application put
// a transport of its own, and carries messages over the browser's WebSocket while it is plugged in.
import type { ClientTransport } from '@roomcast/client'

/** What a browser reports when a connection is lost without a closing handshake (RFC 6455 §7.1.5). */
const ABNORMAL_CLOSURE = 1006

export class Cable {
  /** What to do to the connections that exist when the cable is pulled. */
  readonly #connections = new Set<() => void>()
  #isOut = false

  /** Loses every connection at once, and lets none be made until the time is over. */
  cut(durationMs: number): void {
    this.#isOut = true
    for (const lose of this.#connections) lose()
    setTimeout(() => (this.#isOut = false), durationMs)
  }

  /** For `createClient`. */
  readonly transport: ClientTransport = (url, protocols, handlers) => {
    if (this.#isOut) {
      // Later, because a transport must not call back before it has returned.
      queueMicrotask(() => handlers.close(ABNORMAL_CLOSURE, 'The cable is out.'))
      return { send: () => {}, close: () => {}, bufferedBytes: 0 }
    }
    const socket = new WebSocket(url, [...protocols])
    const heard = new AbortController()
    const end = (code: number, reason: string): void => {
      this.#connections.delete(lose)
      heard.abort()
      handlers.close(code, reason)
    }
    const lose = (): void => {
      end(ABNORMAL_CLOSURE, 'The cable was pulled.')
      socket.close()
    }
    this.#connections.add(lose)
    socket.addEventListener('open', () => handlers.open(socket.protocol), heard)
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => handlers.message(data), heard)
    socket.addEventListener('close', ({ code, reason }) => end(code, reason), heard)
    return {
      send: (payload) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(payload)
      },
      close: (code, reason) => socket.close(code, reason),
      get bufferedBytes() {
        return socket.bufferedAmount
      },
    }
  }
}
