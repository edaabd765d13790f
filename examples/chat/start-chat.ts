// The chat as a Fastify application: a page, its script, and Roomcast at /realtime.
import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import { createRoomcast } from '@roomcast/server'
import { roomcastFastify } from '@roomcast/server/fastify'
import { build } from 'esbuild'
import fastify from 'fastify'
import { contract } from './contract.ts'
import { Topics } from './topics.ts'

export interface ChatOptions {
  /** 0 takes a free one. */
  readonly port: number
  readonly host: string
}

/** A chat that listens. */
export interface Chat {
  readonly url: string
  close(): Promise<void>
}

const local = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Builds the page's script and listens. @throws {Error} with code `EADDRINUSE` if the port is taken. */
export async function startChat({ port, host }: ChatOptions): Promise<Chat> {
  const script = await bundle(local('web/app.ts'))
  const app = fastify()
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'content-security-policy': "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  })
  app.get('/app.js', async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(script))
  await app.register(fastifyStatic, { root: local('public') })
  await app.register(roomcastFastify, { roomcast: createChatRooms() })
  await app.listen({ port, host })
  const { port: actualPort } = app.server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`,
    close: async () => app.close(),
  }
}

/** Everything that makes this a chat and not some other use of Roomcast. */
function createChatRooms() {
  const topics = new Topics(1000)
  const roomcast = createRoomcast({
    contract,
    // The page makes up a secret, and whoever knows it is that user. A real application would verify a signed token.
    authenticate: ({ token }) => (token ? { userId: hash(token) } : null),
    // Windows that fit a demo, whose page tries again at least every five seconds.
    expectedReconnectMs: 5000,
    presenceGraceMs: 10_000,
  })
  roomcast.channel('chat:{roomId}', {
    canSubscribe: () => true,
    canPublish: {
      message: () => true,
      typing: () => true,
      topic: () => false, // only the server publishes it, when `setTopic` has set it
    },
    calls: {
      topic: ({ params }) => ({ topic: topics.get(params.roomId) }),
      setTopic: async ({ input, params, room, fail }) => {
        if (input.topic === topics.get(params.roomId)) fail('unchanged', { topic: input.topic })
        topics.set(params.roomId, input.topic)
        await room.publish('topic', input)
      },
    },
  })
  return roomcast
}

/** Other users see the id, so it must not give the secret away. */
const hash = (secret: string): string => createHash('sha256').update(secret).digest('base64url').slice(0, 22)

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@roomcast/source'],
    write: false,
  })
  return outputFiles[0]!.text
}
