// What a connection must not keep of the handshake that it came from.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../../logger.ts'
import { createWebSocketServer, type WebSocketServerOptions } from '../server/websocket-server.ts'
import { observeEvents } from './event-interceptor.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close()
})

/** What is still there after a collection of garbage or a few; a reference that was looked at lasts until the turn is over. */
async function namesOfKept(references: ReadonlyMap<string, WeakRef<object>>): Promise<string[]> {
  let kept: string[] = []
  for (let turn = 0; turn < 20; turn++) {
    await nextTurn()
    collectGarbage()
    kept = [...references].filter(([, reference]) => reference.deref() !== undefined).map(([name]) => name)
    if (kept.length === 0) return kept
  }
  return kept
}

async function listen(options: Partial<WebSocketServerOptions>) {
  const httpServer = createServer()
  const server = createWebSocketServer({
    connection: (connection) => connection.setHandlers({ message: (data) => connection.send(data) }),
    logger: silentLogger,
    ...options,
  })
  server.attach(httpServer)
  httpServer.listen(0, '127.0.0.1')
  await once(httpServer, 'listening')
  closers.push(() => httpServer.close())
  return { server, httpServer, port: (httpServer.address() as AddressInfo).port }
}

/** Opens a connection, whose first message comes right behind the request. */
async function open(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  closers.push(() => socket.destroy())
  socket.write(Buffer.concat([REQUEST, MESSAGE]))
  await untilEchoed(socket)
}

/** Opens one connection; knows what its request consisted of, weakly. */
async function openOne(options: Partial<WebSocketServerOptions>) {
  const references = new Map<string, WeakRef<object>>()
  const { server, httpServer, port } = await listen({
    connection: (connection, request) => {
      references.set('the request of the application', new WeakRef(request))
      references.set('its headers', new WeakRef(request.headers))
      connection.setHandlers({ message: (data) => connection.send(data) })
    },
    ...options,
  })
  observeEvents(httpServer, (event, [first, , head]) => {
    if (event !== 'upgrade') return
    const incoming = first as IncomingMessage
    references.set('the request of Node', new WeakRef(incoming))
    references.set('its raw headers', new WeakRef(incoming.rawHeaders))
    references.set('what came behind it', new WeakRef((head as Buffer).buffer))
  })
  await open(port)
  return { server, references }
}

const REQUEST = Buffer.from(
  'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: a-rather-long-name, another\r\n' +
    'Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
)
/** A text message "hi", masked with nothing. */
const MESSAGE = Uint8Array.of(0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69)

/** Until the answer to the request has come, and the message behind it. */
async function untilEchoed(socket: Socket): Promise<void> {
  let received = ''
  while (!received.endsWith('\x81\x02hi')) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    received += chunk.toString('latin1')
  }
}

describe('a connection', () => {
  it.each<[string, Partial<WebSocketServerOptions>]>([
    ['without options', {}],
    ['with a subprotocol', { protocols: ['a-rather-long-name'] }],
    ['with compression', { deflate: true }],
    ['that was authorized at once', { authorize: () => undefined }],
    ['that was authorized later', { authorize: async () => nextTurn(undefined) }],
  ])('%s keeps nothing of its handshake alive', async (_name, options) => {
    const { server, references } = await openOne(options)
    expect(references.size).toBe(5)
    expect(await namesOfKept(references)).toEqual([])
    expect(server.connections.size).toBe(1)
  })

  it('leaves no listener of the handshake on its stream, only those of the connection and of Node', async () => {
    const { httpServer, port } = await listen({})
    const sockets: Socket[] = []
    httpServer.on('connection', (socket) => sockets.push(socket))
    await open(port)
    const counts = ['data', 'end', 'close', 'error', 'timeout'].map((event) =>
      sockets[0]!.listenerCount(event),
    )
    expect(counts).toEqual([1, 2, 1, 1, 0])
  })
})
