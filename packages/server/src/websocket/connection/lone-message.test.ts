import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../../logger.ts'
import { clientFrame } from '../../testing/websocket/endpoint.ts'
import { utf8 } from '../../testing/websocket/hex.ts'
import { Opcode } from '../protocol/opcode.ts'
import { createWebSocketServer } from '../server/websocket-server.ts'
import { ConnectionGroup } from './connection-group.ts'
import type { WebSocketConnection } from './websocket-connection.ts'

const REQUEST =
  'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close()
})

/** How many bytes of an answer the system had taken when the turn was over in which its message arrived. */
async function bytesWrittenInTurn(answer: (connection: WebSocketConnection) => void): Promise<number> {
  const httpServer = createServer()
  let socket: Socket | undefined
  httpServer.on('connection', (accepted) => (socket = accepted))
  const written = new Promise<number>((resolve) => {
    const server = createWebSocketServer({
      logger: silentLogger,
      connection: (connection) =>
        connection.setHandlers({
          message: () => {
            const before = socket!.bytesWritten
            answer(connection)
            // Behind ours in the queue of the same turn: the event loop has not polled again.
            setImmediate(() => resolve(socket!.bytesWritten - before - socket!.writableLength))
          },
        }),
    })
    server.attach(httpServer)
  })
  httpServer.listen(0, '127.0.0.1')
  await once(httpServer, 'listening')
  const client = connect((httpServer.address() as AddressInfo).port, '127.0.0.1')
  closers.push(
    () => httpServer.close(),
    () => client.destroy(),
  )
  client.write(REQUEST)
  await once(client, 'data')
  client.write(clientFrame(Opcode.text, utf8('?')))
  return written
}

describe('a lone message on an idle server', () => {
  it('leaves before the event loop polls again', async () => {
    expect(await bytesWrittenInTurn((connection) => connection.send('hello'))).toBe(7)
  })

  it('leaves before the event loop polls again, also to a group', async () => {
    const group = new ConnectionGroup()
    const written = await bytesWrittenInTurn((connection) => {
      group.add(connection)
      group.send('hello')
    })
    expect(written).toBe(7)
  })
})
