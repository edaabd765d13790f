import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../../logger.ts'
import { Recorder } from '../../testing/websocket/connection-pair.ts'
import type { WebSocketConnectOptions } from '../client/connect-options.ts'
import { connectWebSocket } from '../client/connect-websocket.ts'
import { prepareMessage } from '../connection/prepared-message.ts'
import type { WebSocketConnection } from '../connection/websocket-connection.ts'
import { createWebSocketServer, type WebSocketServerOptions } from './websocket-server.ts'

const closers: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A server that echoes, on a free port. */
async function listen(options: Partial<WebSocketServerOptions> = {}) {
  const server = createWebSocketServer({
    logger: silentLogger,
    connection: (connection) =>
      connection.setHandlers({ message: (data) => connection.send(data), close: () => {} }),
    ...options,
  })
  const http = createServer()
  server.attach(http)
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  closers.push(async () => {
    await server.close()
    await new Promise((resolve) => http.close(resolve))
  })
  const { port } = http.address() as AddressInfo
  const connect = async (connectOptions: WebSocketConnectOptions = {}) => {
    const connection = await connectWebSocket(`ws://127.0.0.1:${port}`, connectOptions)
    const recorder = new Recorder()
    connection.setHandlers(recorder)
    closers.push(() => connection.terminate())
    return { connection, recorder }
  }
  return { server, connect }
}

describe('createWebSocketServer', () => {
  it('keeps count of its connections', async () => {
    const { server, connect } = await listen()
    const { connection } = await connect()
    await connect()
    expect(server.connections.size).toBe(2)
    connection.close()
    await expect.poll(() => server.connections.size).toBe(1)
  })

  it('sends everyone away with 1001, and newcomers with 503', async () => {
    const { server, connect } = await listen()
    const { recorder } = await connect()
    const closed = server.close()
    await expect(connect()).rejects.toMatchObject({ status: 503 })
    await closed
    await expect.poll(() => recorder.closes).toEqual([{ code: 1001, reason: 'going away', wasClean: true }])
  })

  it('drains with 1012', async () => {
    const { server, connect } = await listen()
    const { recorder } = await connect()
    await server.drain({ windowMs: 50 })
    expect(recorder.closes).toEqual([{ code: 1012, reason: 'restart', wasClean: true }])
    await expect(connect()).rejects.toMatchObject({ status: 503 })
  })

  it.each([
    ['without takeover', {}],
    ['with takeover', { contextTakeover: true, peerContextTakeover: true }],
    ['with small windows', { maxWindowBits: 9, peerMaxWindowBits: 9 }],
  ])('carries compressed messages both ways %s', async (_, deflate) => {
    const { connect } = await listen({ deflate: { thresholdBytes: 0, ...deflate } })
    const { connection, recorder } = await connect({ deflate: { thresholdBytes: 0, ...deflate } })
    const texts = Array.from(
      { length: 20 },
      (_unused, index) => `${index}: ${'lorem ipsum '.repeat(index * 200)}`,
    )
    for (const text of texts) connection.send(text)
    await expect.poll(() => recorder.messages.length).toBe(texts.length)
    expect(recorder.messages).toEqual(texts)
    expect(recorder.closes).toEqual([])
  })

  it('sends one prepared message to those that compress and those that do not', async () => {
    const connections: WebSocketConnection[] = []
    const { connect } = await listen({
      deflate: true,
      connection: (connection) => connections.push(connection),
    })
    const clients = [await connect(), await connect({ deflate: true }), await connect({ deflate: true })]
    const text = 'news '.repeat(10_000)
    const message = prepareMessage(text)
    for (const connection of connections) connection.sendPrepared(message)
    for (const { recorder } of clients) {
      await expect.poll(() => recorder.messages.length).toBe(1)
      expect(recorder.messages).toEqual([text])
    }
  })

  it.each([{ deflate: { level: 10 } }, { deflate: { windowBits: 15 } }, { limits: { maxMesageBytes: 1 } }])(
    'refuses %o',
    (options: object) => {
      expect(() => createWebSocketServer({ connection: () => {}, ...options })).toThrow(Error)
    },
  )

  it.each([
    [undefined, 'createWebSocketServer needs `connection`: a function'],
    [null, 'createWebSocketServer needs `connection`: a function'],
    [{}, 'not undefined.'],
    [{ connection: 'echo' }, 'not "echo".'],
    [
      { connection: () => {}, onConnection: () => {} },
      'createWebSocketServer has no option "onConnection"; there are',
    ],
    [{ connection: () => {}, protocols: 'chat' }, "`protocols` is a list of names such as ['chat']"],
    [{ connection: () => {}, allowedOrigins: ['*'] }, 'to allow every page pass () => true'],
    [{ connection: () => {}, authorize: NaN }, '`authorize` is a function, not NaN.'],
  ])('says what is wrong with %o', (options, message) => {
    const create = () => createWebSocketServer(options as WebSocketServerOptions)
    expect(create).toThrow(TypeError)
    expect(create).toThrow(message)
  })

  it('takes undefined for what is left out', async () => {
    const { connect } = await listen({
      protocols: undefined,
      allowedOrigins: undefined,
      deflate: undefined,
      limits: undefined,
      clock: undefined,
      logger: undefined,
    })
    expect((await connect()).connection.state).toBe('open')
  })

  it('selects a subprotocol from a list', async () => {
    const { connect } = await listen({ protocols: ['v1', 'v2'] })
    expect((await connect({ protocols: ['v3', 'v2', 'v1'] })).connection.subprotocol).toBe('v2')
  })
})
