// Clients that never finish asking (A4, A44, A47): they are ended, one address cannot fill the server with them, and nobody
// else notices.
import { once } from 'node:events'
import { Agent, createServer, get, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import {
  connect as connectHttp2,
  createSecureServer as createHttp2Server,
  type Http2SecureServer,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createRoomcast, silentLogger } from '@roomcast/server'
import { createWebSocketServer, type WebSocketLimits } from '@roomcast/server/websocket'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RawHttp } from '../support/raw-http.ts'
import { buildRequest, RawWebSocket } from '../support/raw-websocket.ts'
import { contract } from '../support/start-server.ts'
import { localCertificate, type Certificate } from '../support/tls.ts'

let certificate: Certificate
const unhandled: unknown[] = []
beforeAll(async () => {
  certificate = await localCertificate()
  process.on('uncaughtException', (error) => unhandled.push(error))
  process.on('unhandledRejection', (error) => unhandled.push(error))
})

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
  expect(unhandled).toEqual([])
})

type AnyServer = Server | Http2SecureServer

/** Starts an echo at /ws of an HTTP server that says "page" to everything else. */
async function start(http: AnyServer, limits: Partial<WebSocketLimits> = {}) {
  const server = createWebSocketServer({
    logger: silentLogger,
    limits,
    connection: (connection) =>
      connection.setHandlers({ message: (data) => connection.send(data), close: () => {} }),
  })
  const attachment = server.attach(http, { path: '/ws', http2: 'updateSettings' in http })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  cleanUp.push(
    () => new Promise<void>((resolve) => http.close(() => resolve())),
    () => ('closeAllConnections' in http ? http.closeAllConnections() : undefined),
    () => server.close(),
  )
  return { port: (http.address() as AddressInfo).port, attachment }
}

const page = (_request: unknown, response: { end(text: string): unknown }): void => void response.end('page')

async function dial(port: number, isSecure = false): Promise<RawHttp> {
  const raw = await RawHttp.dial(port, { isSecure })
  cleanUp.push(() => raw[Symbol.asyncDispose]())
  return raw
}

const handshake = buildRequest('/ws', { 'Sec-WebSocket-Protocol': undefined })

it('A4: with 500 that trickle, a client of the same address gets through within a second', async () => {
  const { port } = await start(createServer(page))
  const slow = await Promise.all(Array.from({ length: 500 }, () => dial(port)))
  const trickle = setInterval(() => {
    for (const raw of slow) if (!raw.socket.destroyed) raw.write(handshake[0]!)
  }, 1000)
  cleanUp.push(() => clearInterval(trickle))
  for (const raw of slow) raw.write('G')
  // Only 256 of them are waited for at once.
  await expect.poll(() => slow.filter(({ hasEnded }) => hasEnded).length).toBe(500 - 256)
  const times: number[] = []
  for (let index = 0; index < 20; index++) {
    const begin = performance.now()
    await using raw = await RawWebSocket.open(port, '/ws')
    raw.send('hello')
    await raw.until(() => raw.frames.length === 1)
    times.push(performance.now() - begin)
  }
  console.log(`slowest of 20 connects beside 500 slow ones: ${Math.max(...times).toFixed(1)} ms`)
  expect(Math.max(...times)).toBeLessThan(1000)
})

describe.each([
  ['node:http', false, () => createServer(page)],
  ['node:https', true, () => createSecureServer(certificate, page)],
  ['node:http2 with HTTP/1.1', true, () => createHttp2Server({ ...certificate, allowHTTP1: true }, page)],
])('with %s', (_, isSecure, create) => {
  it.each(['nothing', 'a byte', 'half a request', 'all but the last byte'])(
    '18: who sends %s is ended in time, with 408',
    async (what) => {
      const { port } = await start(create(), { handshakeTimeoutMs: 300 })
      const begin = performance.now()
      const raw = await dial(port, isSecure)
      const lengths: Record<string, number> = { nothing: 0, 'a byte': 1, 'half a request': 60 }
      raw.write(handshake.slice(0, lengths[what] ?? handshake.length - 1) || new Uint8Array(0))
      await expect.poll(() => raw.hasEnded, { timeout: 5000 }).toBe(true)
      expect(raw.text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n/)
      expect(performance.now() - begin).toBeGreaterThanOrEqual(250)
    },
  )

  it('leaves those alone that have asked for anything, whatever they do then', async () => {
    const http = create()
    const { port } = await start(http, { handshakeTimeoutMs: 200 })
    const page = await dial(port, isSecure)
    page.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    const webSocket = await dial(port, isSecure)
    webSocket.write(handshake)
    await expect.poll(() => page.text).toContain('page')
    await expect.poll(() => webSocket.status).toBe(101)
    // One that comes later and says nothing shows that the time of the others has passed, too.
    const silent = await dial(port, isSecure)
    await expect.poll(() => silent.hasEnded, { timeout: 5000 }).toBe(true)
    expect([page.hasEnded, webSocket.hasEnded]).toEqual([false, false])
    page.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await expect.poll(() => page.text.match(/page/g)).toHaveLength(2)
  })

  it('ends nobody any more once it is detached', async () => {
    const http = create()
    const before = http.eventNames().map((event) => [event, http.listenerCount(event)])
    const { port, attachment } = await start(http, { handshakeTimeoutMs: 100 })
    const watched = await dial(port, isSecure)
    attachment.detach()
    const { port: other } = await start(create(), { handshakeTimeoutMs: 200 })
    const silent = await dial(other, isSecure)
    await expect.poll(() => silent.hasEnded, { timeout: 5000 }).toBe(true)
    expect(watched.hasEnded).toBe(false)
    expect(before.filter(([event, count]) => http.listenerCount(event as string) !== count)).toEqual([])
  })
})

describe('TLS (A44)', () => {
  it.each([
    ['node:https', () => createSecureServer(certificate, page)],
    ['node:http2', () => createHttp2Server({ ...certificate, allowHTTP1: true }, page)],
  ])('who never begins or ends its handshake is ended in time (%s)', async (_, create) => {
    const { port } = await start(create(), { handshakeTimeoutMs: 300 })
    const silent = await dial(port)
    const halfway = await dial(port)
    halfway.write(Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1))
    await Promise.all([silent.closed, halfway.closed])
    expect([silent.text, halfway.text]).toEqual(['', ''])
  })

  it('garbage instead of a handshake hurts nobody', async () => {
    const { port } = await start(createSecureServer(certificate, page))
    for (const garbage of ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\xff\xff', '\x80\x2e\x01', '\x00']) {
      const raw = await dial(port)
      raw.write(garbage)
      raw.socket.end()
      await raw.closed
    }
    const raw = await dial(port, true)
    raw.write(handshake)
    await expect.poll(() => raw.status).toBe(101)
  })

  it('a session of HTTP/2 that asks for nothing is ended, and one that does is not', async () => {
    const { port } = await start(createHttp2Server(certificate, page), { handshakeTimeoutMs: 300 })
    const url = `https://localhost:${port}`
    const busy = connectHttp2(url, { ca: certificate.cert })
    const idle = connectHttp2(url, { ca: certificate.cert })
    idle.on('error', () => {})
    cleanUp.push(() => busy.destroy())
    const ask = async (): Promise<string> => {
      let text = ''
      for await (const chunk of busy.request({ ':path': '/' }).setEncoding('utf8')) text += chunk as string
      return text
    }
    expect(await ask()).toBe('page')
    await once(idle, 'close')
    expect(await ask()).toBe('page')
  })
})

it('disturbs no ordinary client with keep-alive', async () => {
  const { port } = await start(createServer(page), { maxPendingPerAddress: 1 })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  cleanUp.push(() => agent.destroy())
  const sockets = new Set<unknown>()
  for (let index = 0; index < 20; index++) {
    const request = get({ port, host: '127.0.0.1', agent })
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream & { statusCode: number }]
    sockets.add(request.socket)
    response.resume()
    await once(response, 'end')
    expect(response.statusCode).toBe(200)
  }
  expect(sockets.size).toBe(1)
})

it('A47: two thousand aborted connects leave no listener, timer or connection', async () => {
  const http = createServer(page)
  const { port } = await start(http)
  for (let round = 0; round < 20; round++) {
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const raw = await RawHttp.dial(port)
        raw.write(handshake.slice(0, index % 2 === 0 ? 10 : handshake.length))
        raw.socket.resetAndDestroy()
        await raw.closed
      }),
    )
  }
  const connections = (): Promise<number> =>
    new Promise((resolve, reject) =>
      http.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    )
  await expect.poll(connections).toBe(0)
})

describe('Roomcast', () => {
  it('closes the oldest of too many of one address that are not authenticated', async () => {
    const http = createServer()
    const roomcast = createRoomcast({
      contract,
      authenticate: ({ token }) => (token === undefined ? null : { userId: token }),
      limits: { maxUnauthenticatedPerAddress: 3 },
      trustedProxies: ['loopback'],
      logger: silentLogger,
    })
    for (const pattern of Object.keys(contract.channels) as (keyof typeof contract.channels)[]) {
      if (pattern === 'secret:{id}') roomcast.channel(pattern, {})
    }
    roomcast.attach(http)
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    const { port } = http.address() as AddressInfo
    cleanUp.push(
      () => new Promise((resolve) => http.close(resolve)),
      () => roomcast.close(),
    )
    const open = async (address: string): Promise<RawWebSocket> => {
      const raw = await RawWebSocket.open(port, '/realtime', { 'X-Forwarded-For': address })
      cleanUp.push(() => raw[Symbol.asyncDispose]())
      return raw
    }
    const authenticated = await open('192.0.2.1')
    authenticated.sendJson({ type: 'connect', id: 1, token: 'ada' })
    await authenticated.answer(1)
    const stranger = await open('192.0.2.2')
    const idle: RawWebSocket[] = []
    for (let index = 0; index < 5; index++) idle.push(await open('192.0.2.1'))
    await expect
      .poll(() => idle.map(({ closeCode }) => closeCode))
      .toEqual([1013, 1013, undefined, undefined, undefined])
    // The newest one still gets in, and the others were never in danger.
    idle[4]!.sendJson({ type: 'connect', id: 1, token: 'bob' })
    await idle[4]!.answer(1)
    expect([authenticated.closeCode, stranger.closeCode]).toEqual([undefined, undefined])
    expect(roomcast.sessionCount).toBe(5)
  })
})
