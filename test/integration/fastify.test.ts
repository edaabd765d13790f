// Roomcast inside Fastify: in its own scope, beside other upgrade handlers, and gone when the application closes.
import websocket from '@fastify/websocket'
import { createRoomcast, silentLogger } from '@roomcast/server'
import { roomcastFastify } from '@roomcast/server/fastify'
import Fastify, { type FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'
import { WebSocket } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { RawWebSocket, buildRequest } from '../support/raw-websocket.ts'
import { contract } from '../support/start-server.ts'

let app: FastifyInstance | undefined

afterEach(async () => {
  await app?.close()
  app = undefined
})

/** The part of that plugin's socket that an echo needs; its types come from a package that we do not install. */
interface EchoSocket {
  on(event: 'message', listener: (data: Buffer) => void): void
  send(text: string): void
}

function createServer() {
  const roomcast = createRoomcast({
    contract,
    authenticate: ({ token }) => (token ? { userId: token } : null),
    logger: silentLogger,
  })
  roomcast.channel('chat:{roomId}', {
    canSubscribe: () => true,
    canPublish: { message: () => true },
    calls: { rename: () => ({ ok: true }) },
  })
  return roomcast
}

async function listen(instance: FastifyInstance): Promise<number> {
  app = instance
  await instance.listen({ port: 0, host: '127.0.0.1' })
  return (instance.server.address() as AddressInfo).port
}

async function converse(port: number, path: string): Promise<void> {
  await using raw = await RawWebSocket.open(port, path)
  raw.sendJson({ type: 'connect', id: 1, token: 'ada' })
  raw.sendJson({ type: 'subscribe', id: 2, room: 'chat:1' })
  expect(await raw.answer(2)).toMatchObject({ type: 'reply' })
}

/** Sends a text through an echo at a path and returns what comes back. */
async function echo(port: number, path: string): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
  return new Promise((resolve, reject) => {
    socket.onopen = () => socket.send('hello')
    socket.onmessage = ({ data }) => {
      resolve(String(data))
      socket.close()
    }
    socket.onerror = () => reject(new Error(`no echo at ${path}`))
  })
}

describe('roomcastFastify', () => {
  it('accepts clients at its path', async () => {
    const fastify = Fastify()
    await fastify.register(roomcastFastify, { roomcast: createServer(), path: '/live' })
    await converse(await listen(fastify), '/live')
  })

  it('honours the prefix of its scope', async () => {
    const fastify = Fastify()
    await fastify.register(roomcastFastify, { roomcast: createServer(), prefix: '/api' })
    await converse(await listen(fastify), '/api/realtime')
  })

  it.each(['before', 'after'] as const)(
    'works with @fastify/websocket on another path, registered %s it',
    async (when) => {
      const fastify = Fastify()
      if (when === 'after') await fastify.register(roomcastFastify, { roomcast: createServer() })
      await fastify.register(websocket)
      await fastify.register(async (scope) => {
        scope.get('/echo', { websocket: true }, (socket: EchoSocket) => {
          socket.on('message', (data) => socket.send(data.toString()))
        })
      })
      if (when === 'before') await fastify.register(roomcastFastify, { roomcast: createServer() })
      const port = await listen(fastify)
      await converse(port, '/realtime')
      expect(await echo(port, '/echo')).toBe('hello')
      await converse(port, '/realtime')
    },
  )

  it('leaves other upgrade handlers their requests, and refuses what nobody handles', async () => {
    const fastify = Fastify()
    await fastify.register(roomcastFastify, { roomcast: createServer() })
    const port = await listen(fastify)
    await using stray = await RawWebSocket.dial(port)
    stray.socket.write(buildRequest('/elsewhere'))
    await stray.ended
    expect(stray.status).toBe(404)

    fastify.server.on('upgrade', (request, socket) => {
      if (request.url === '/theirs') socket.end('HTTP/1.1 204 Theirs\r\n\r\n')
    })
    await using theirs = await RawWebSocket.dial(port)
    theirs.socket.write(buildRequest('/theirs'))
    await theirs.until(() => theirs.status !== undefined)
    expect(theirs.status).toBe(204)
  })

  it('answers a plain request with 426', async () => {
    const fastify = Fastify()
    await fastify.register(roomcastFastify, { roomcast: createServer() })
    const response = await fastify.inject('/realtime')
    expect(response.statusCode).toBe(426)
    expect(response.headers.upgrade).toBe('websocket')
    await fastify.close()
  })

  it('ends its connections with 1012 when the application closes, and lets it close', async () => {
    const fastify = Fastify()
    const roomcast = createServer()
    await fastify.register(roomcastFastify, { roomcast })
    const port = await listen(fastify)
    await using raw = await RawWebSocket.open(port, '/realtime')
    raw.sendJson({ type: 'connect', id: 1, token: 'ada' })
    await raw.answer(1)
    await fastify.close()
    expect(raw.closeCode).toBe(1012)
    expect(roomcast.sessionCount).toBe(0)
    app = undefined
  })

  it('keeps the routes and hooks of its neighbours', async () => {
    const fastify = Fastify()
    fastify.get('/', async () => 'home')
    await fastify.register(roomcastFastify, { roomcast: createServer() })
    const response = await fastify.inject('/')
    expect(response.body).toBe('home')
    await fastify.close()
  })
})
