// Roomcast over HTTP/2: on a bare server of node:http2, and inside Fastify with HTTP/1.1 beside it on one listener.
import { createRoomcast, silentLogger } from '@roomcast/server'
import { roomcastFastify } from '@roomcast/server/fastify'
import { http2ServerOptions } from '@roomcast/server/websocket'
import Fastify from 'fastify'
import { once } from 'node:events'
import { createSecureServer, type ClientHttp2Session } from 'node:http2'
import { connect as connectTls } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import {
  bodyOf,
  collect,
  connectHeaders,
  dialH2,
  dialH2c,
  exchange,
  openHttp2WebSocket,
} from '../support/http2-websocket.ts'
import { buildFrame, buildRequest } from '../support/raw-websocket.ts'
import { contract } from '../support/start-server.ts'
import { localCertificate } from '../support/tls.ts'

const PROTOCOL = { 'sec-websocket-protocol': 'roomcast.v1.json' }

function createServer() {
  const roomcast = createRoomcast({
    contract,
    authenticate: ({ token }) => (token ? { userId: token } : null),
    logger: silentLogger,
    webSocket: { closeTimeoutMs: 500 },
  })
  roomcast.channel('chat:{roomId}', {
    canSubscribe: () => true,
    canPublish: { message: () => true, typing: () => true },
    calls: { rename: () => ({ ok: true }) },
  })
  return roomcast
}

/** Connects and subscribes over a session; the stream stays open. */
async function converse(session: ClientHttp2Session, path: string) {
  const { stream, headers } = await openHttp2WebSocket(session, path, PROTOCOL)
  expect(headers['sec-websocket-protocol']).toBe('roomcast.v1.json')
  const received = collect(stream)
  stream.write(buildFrame(JSON.stringify({ type: 'connect', id: 1, token: 'ada' })))
  stream.write(buildFrame(JSON.stringify({ type: 'subscribe', id: 2, room: 'chat:1' })))
  await expect.poll(() => received.bytes.toString('latin1')).toContain('"id":2')
  return {
    stream,
    /** Waits to be sent away with 1012, as a client does that answers. */
    async sentAway() {
      await expect.poll(() => received.bytes.subarray(-GOODBYE.length)).toEqual(GOODBYE)
      stream.end(buildFrame(GOODBYE.subarray(2), { opcode: 8 }))
      await expect.poll(() => received.hasEnded).toBe(true)
    },
  }
}

/** A Close frame: 1012, restart. */
const GOODBYE = Buffer.from('\x88\x09\x03\xf4restart', 'latin1')

/** The head of the answer to an upgrade over HTTP/1.1 on a TLS listener that also speaks HTTP/2. */
async function upgradeOverTls(port: number, path: string): Promise<string> {
  const { cert } = await localCertificate()
  const socket = connectTls({ port, host: 'localhost', ca: cert, ALPNProtocols: ['http/1.1'] })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  socket.write(buildRequest(path, { Host: `localhost:${port}` }))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return answer.toString('latin1')
}

describe('a Roomcast server on node:http2', () => {
  it('takes clients over HTTP/2 and HTTP/1.1 on one listener, and sends both away when it closes', async () => {
    const roomcast = createServer()
    const http = createSecureServer({
      ...http2ServerOptions(),
      ...(await localCertificate()),
      allowHTTP1: true,
    })
    const attachment = roomcast.attach(http, { path: '/live', http2: true })
    await once(http.listen(0, '127.0.0.1'), 'listening')
    const { port } = http.address() as AddressInfo
    const session = await dialH2(port)
    const client = await converse(session, '/live')
    expect(await upgradeOverTls(port, '/live')).toMatch(/^HTTP\/1.1 101 /)
    const closing = attachment.close()
    const sessionEnd = once(session, 'close')
    // 503 as long as its place is taken.
    expect((await exchange(session, connectHeaders('/live', PROTOCOL))).status).toBe(503)
    await client.sentAway()
    await closing
    await sessionEnd
    await new Promise((resolve) => http.close(resolve))
    await roomcast.close()
  })
})

describe('roomcastFastify over HTTP/2', () => {
  it.each(['cleartext', 'TLS'] as const)(
    'takes clients, leaves routes alone and lets the application close: %s',
    async (transport) => {
      const isSecure = transport === 'TLS'
      const roomcast = createServer()
      const https = { allowHTTP1: true, ...(await localCertificate()) }
      // The types of the two differ; what is used of them here does not.
      const options = { http2: true, ...(isSecure && { https }) } as { http2: true; https: typeof https }
      const app = Fastify(options)
      app.get('/', async () => 'home')
      await app.register(roomcastFastify, { roomcast, path: '/live', http2: true })
      await app.listen({ port: 0, host: '127.0.0.1' })
      const { port } = app.server.address() as AddressInfo
      const session = await (isSecure ? dialH2 : dialH2c)(port)
      const client = await converse(session, '/live')

      const home = await exchange(session, { ':path': '/' }, { endStream: true })
      expect([home.status, await bodyOf(home)]).toEqual([200, 'home'])
      const plain = await exchange(session, { ':path': '/live' }, { endStream: true })
      expect([plain.status, plain.headers.upgrade]).toEqual([426, undefined])
      expect((await exchange(session, connectHeaders('/elsewhere'))).status).toBe(404)
      if (isSecure) expect(await upgradeOverTls(port, '/live')).toMatch(/^HTTP\/1.1 101 /)

      const closing = app.close()
      await client.sentAway()
      await closing
      await roomcast.close()
    },
  )

  it('is off unless it is asked for: then only HTTP/1.1 carries WebSockets', async () => {
    const roomcast = createServer()
    const app = Fastify({ http2: true, https: { allowHTTP1: true, ...(await localCertificate()) } })
    await app.register(roomcastFastify, { roomcast })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const session = await dialH2(port)
    expect(session.remoteSettings.enableConnectProtocol).toBe(false)
    session.destroy()
    expect(await upgradeOverTls(port, '/realtime')).toMatch(/^HTTP\/1.1 101 /)
    await app.close()
    await roomcast.close()
  })

  it("leaves a CONNECT that is not for its path to the application's own handler", async () => {
    const roomcast = createServer()
    const app = Fastify({ http2: true })
    await app.register(roomcastFastify, { roomcast, http2: true })
    app.server.on(
      'connect',
      (_request: unknown, response: { writeHead(status: number): void; end(): void }) => {
        response.writeHead(418)
        response.end()
      },
    )
    await app.listen({ port: 0, host: '127.0.0.1' })
    const session = await dialH2c((app.server.address() as AddressInfo).port)
    expect((await exchange(session, connectHeaders('/theirs'))).status).toBe(418)
    expect((await exchange(session, connectHeaders('/realtime', PROTOCOL))).status).toBe(200)
    session.destroy()
    await app.close()
    await roomcast.close()
  })
})
