// Our server as README.md asks for it: the contract, handlers and limits that the items need.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defineContract } from '@roomcast/protocol'
import { createRoomcast, type Identity, type Logger, type RoomcastOptions } from '@roomcast/server'
import { z } from 'zod'

const message = z.object({ text: z.string() })

const contract = defineContract({
  version: 2,
  channels: {
    'room:{id}': {
      events: { message, note: z.json() },
      signals: { typing: z.object({ on: z.boolean() }) },
      presence: z.object({ name: z.string() }),
      calls: {
        echo: { input: z.json(), output: z.json() },
        touch: {},
        rename: {
          input: z.object({ title: z.string() }),
          output: z.object({ ok: z.boolean() }),
          errors: { taken: z.object({ by: z.string() }) },
        },
        crash: {},
        hold: {},
        release: {},
        announce: { input: message },
      },
      history: { maxItems: 500, ttlMs: 300_000 },
    },
    'few:{id}': { events: { message }, history: { maxItems: 5, ttlMs: 300_000 } },
    'brief:{id}': { events: { message }, history: { maxItems: 500, ttlMs: 1_000 } },
    'plain:{id}': { events: { message } },
    'num:{n}': { params: z.object({ n: z.coerce.number() }), events: { message } },
    'listen:{id}': { events: { message }, signals: { typing: z.object({ on: z.boolean() }) } },
    'secret:{id}': {
      events: { message },
      presence: z.object({ name: z.string() }),
      calls: { echo: { input: z.json(), output: z.json() } },
    },
  },
})

/** The type of the contract. */
export type LabContract = typeof contract

/** A running server under test. Dispose of it when done. */
export interface Lab extends AsyncDisposable {
  readonly url: string
}

/** Starts our server as the suite needs it; `changes` make it another, for tests of the suite itself. */
export async function startLab(changes: Partial<RoomcastOptions<LabContract, Identity>> = {}): Promise<Lab> {
  const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const roomcast = createRoomcast<LabContract, Identity>({
    contract,
    acceptVersions: [1],
    authenticate: ({ token = 'guest' }) => {
      if (token === 'broken') throw new Error('the users cannot be reached')
      return token === 'nobody' ? null : { userId: token }
    },
    limits: {
      connectTimeoutMs: 3_000,
      maxSubscriptions: 16,
      maxOutstandingCommands: 16,
      maxReplayBytes: 32_768,
    },
    webSocket: { pingAfterMs: 1_000 },
    presenceGraceMs: 2_000,
    logger: silent,
    ...changes,
  })
  const everyone = { canSubscribe: () => true, canPublish: { message: () => true } }
  const held = new Map<string, (() => void)[]>()
  roomcast.channel('room:{id}', {
    canSubscribe: () => true,
    canPublish: { message: () => true, note: () => true, typing: () => true },
    calls: {
      echo: ({ input }) => input,
      touch: () => undefined,
      rename: ({ input, fail }) => (input.title === 'taken' ? fail('taken', { by: 'grace' }) : { ok: true }),
      crash: () => {
        throw new Error('a secret of the server')
      },
      hold: ({ room }) =>
        new Promise<void>((resolve) => held.set(room.name, [...(held.get(room.name) ?? []), resolve])),
      release: ({ room }) => {
        for (const resolve of held.get(room.name) ?? []) resolve()
        held.delete(room.name)
      },
      announce: async ({ room, input }) => {
        await room.publish('message', input)
      },
    },
  })
  roomcast.channel('few:{id}', everyone)
  roomcast.channel('brief:{id}', everyone)
  roomcast.channel('plain:{id}', everyone)
  roomcast.channel('num:{n}', everyone)
  roomcast.channel('listen:{id}', { canSubscribe: () => true })
  roomcast.channel('secret:{id}', { calls: { echo: ({ input }) => input } })

  const http = createServer()
  roomcast.attach(http)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  return {
    url: `ws://127.0.0.1:${port}/realtime`,
    [Symbol.asyncDispose]: async () => {
      await roomcast.close()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
