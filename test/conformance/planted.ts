// Servers that are wrong on purpose or known to differ, to see that tests can fail; and `ws`, an independent server, to
// see that they can pass for others than ours.
import type { Server as HttpServer } from 'node:http'
import {
  createWebSocketServer,
  type WebSocketServer,
  type WebSocketServerOptions,
} from '@roomcast/server/websocket'
import { WebSocketServer as WsServer, type WebSocket } from 'ws'
import type { ServerFactory } from './host.ts'

/** A server, the items that must fail with it, and some that must not. */
export interface Planted {
  readonly name: string
  readonly factory: ServerFactory
  readonly failing: readonly number[]
  readonly passing: readonly number[]
}

/** `ws` behind as much of our interface as the tests of these items use. */
function createWsServer(
  options: WebSocketServerOptions,
  prepare: (socket: WebSocket) => void,
): WebSocketServer {
  const ws = new WsServer({ noServer: true, perMessageDeflate: false })
  const connections = new Set<unknown>()
  const open = (socket: WebSocket, url: string): void => {
    prepare(socket)
    let hasFailed = false
    let sentCode = 1006
    const closeSocket = socket.close.bind(socket)
    // It fails a connection by closing it, and then reports 1006, where we report the code that was sent.
    socket.close = (code, reason) => {
      sentCode = code ?? 1005
      closeSocket(code, reason)
    }
    const connection = {
      send: (data: string | Uint8Array) => {
        socket.send(data)
        return true
      },
      close: (code?: number, reason?: string) => socket.close(code, reason),
      terminate: () => socket.terminate(),
      ping: () => socket.ping(),
      setHandlers: (handlers: { message(data: string | Uint8Array): void; close(event: object): void }) => {
        socket.on('message', (data: Buffer, isBinary) => handlers.message(isBinary ? data : data.toString()))
        socket.on('close', (code, reason) =>
          handlers.close({
            code: hasFailed ? sentCode : code,
            reason: reason.toString(),
            wasClean: code !== 1006 && !hasFailed,
          }),
        )
      },
    }
    socket.on('error', () => (hasFailed = true))
    connections.add(connection)
    socket.on('close', () => connections.delete(connection))
    // The class has private state; the tests use nothing but what is above.
    const request = { url } as Parameters<WebSocketServerOptions['connection']>[1]
    options.connection(connection as unknown as Parameters<WebSocketServerOptions['connection']>[0], request)
  }
  const server = {
    connections,
    attach: (http: HttpServer, { path = '/' }: { path?: string } = {}) => {
      http.setMaxListeners(Infinity).on('upgrade', (request, socket, head) => {
        const url = request.url ?? ''
        if (url.split('?')[0] !== path) return
        ws.handleUpgrade(request, socket, head, (one) => open(one, url))
      })
      return { detach: () => {} }
    },
    close: () => new Promise<void>((resolve) => ws.close(() => resolve())),
    drain: async () => {},
  }
  return server as unknown as WebSocketServer
}

/** Has a receiver of `ws` find that each frame is masked as it should be. */
function acceptUnmasked(socket: WebSocket): void {
  const { _receiver: receiver } = socket as unknown as { _receiver: { _masked: boolean } }
  Object.defineProperty(receiver, '_isServer', { get: () => receiver._masked })
}

export const PLANTED: readonly Planted[] = [
  {
    name: 'ws, which needs neither Host nor minimal lengths',
    factory: (options) => createWsServer(options, () => {}),
    failing: [4, 55, 56],
    passing: [33, 34, 36, 46, 47, 48, 49, 50, 52, 53, 63, 65, 66, 67, 75, 76, 79, 81, 88, 109, 110],
  },
  {
    name: 'a server that takes unmasked frames',
    factory: (options) => createWsServer(options, acceptUnmasked),
    failing: [46],
    passing: [47, 50, 52],
  },
  {
    name: 'a server without limits',
    factory: (options) =>
      createWebSocketServer({ ...options, limits: { maxMessageBytes: Infinity, maxFragments: Infinity } }),
    failing: [71],
    passing: [57, 64],
  },
  {
    name: 'a server that answers everything twice',
    factory: (options) =>
      createWebSocketServer({
        ...options,
        connection: (connection, request) => {
          const send = connection.send.bind(connection)
          connection.send = (data) => send(data) && send(data)
          options.connection(connection, request)
        },
      }),
    failing: [47, 61, 64],
    passing: [45],
  },
]
