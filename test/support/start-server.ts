// A Roomcast server on a real socket, for tests that need one.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defineContract } from '@roomcast/protocol'
import {
  createRoomcast,
  type Logger,
  type Roomcast,
  type RoomcastOptions,
  type Identity,
} from '@roomcast/server'
import { z } from 'zod'

/** A contract with one of everything. */
export const contract = defineContract({
  version: 1,
  channels: {
    'chat:{roomId}': {
      params: z.object({ roomId: z.string().max(64) }),
      events: { message: z.object({ text: z.string().max(2000) }) },
      signals: { typing: z.object({ on: z.boolean() }) },
      presence: z.object({ name: z.string().max(50) }),
      calls: {
        rename: {
          input: z.object({ title: z.string() }),
          output: z.object({ ok: z.boolean() }),
          errors: { taken: z.object({ by: z.string() }) },
        },
      },
      history: { maxItems: 500, ttlMs: 300_000 },
    },
    'secret:{id}': { events: { message: z.object({ text: z.string() }) } },
  },
})
type Inferred = typeof contract
export interface TestContract extends Inferred {}

/** A running server. Dispose of it when done. */
export interface TestServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly http: Server
  readonly roomcast: Roomcast<Inferred, Identity>
  /** Errors that the server logged: what is unexpected inside, as opposed to what peers did. */
  readonly errors: readonly string[]
}

/** Starts a server whose chat rooms are open to everyone and whose secret rooms are open to no one. */
export async function startServer(
  options: Partial<RoomcastOptions<Inferred, Identity>> = {},
): Promise<TestServer> {
  const errors: string[] = []
  const logger: Logger = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (fields, message) => errors.push(`${message}: ${String((fields as { err?: unknown }).err)}`),
  }
  const roomcast = createRoomcast<Inferred, Identity>({
    contract,
    authenticate: ({ token }) => (token ? { userId: token } : null),
    logger,
    ...options,
  })
  roomcast.channel('chat:{roomId}', {
    canSubscribe: () => true,
    canPublish: { message: () => true, typing: () => true },
    calls: {
      rename: ({ input, fail }) => (input.title === 'taken' ? fail('taken', { by: 'grace' }) : { ok: true }),
    },
  })
  const http = createServer((_request, response) => response.end('plain HTTP'))
  roomcast.attach(http)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  return {
    port,
    url: `ws://127.0.0.1:${port}/realtime`,
    http,
    roomcast,
    errors,
    [Symbol.asyncDispose]: async () => {
      await roomcast.close()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
