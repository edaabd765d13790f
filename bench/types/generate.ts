// Generates the sources of a large application: a contract, a server that handles all of it, a client that uses it all.

const channels = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

/** `contract.ts` with `count` channels, no two alike. */
export function generateContract(count: number): string {
  const channel = (i: number): string => `
    'kind${i}:{id}:{part}': {
      events: {
        created: z.object({ id: z.string(), n${i}: z.number(), tags: z.array(z.string()) }),
        changed: z.object({ id: z.string(), title: z.string().optional(), state: z.enum(['a', 'b', 'c${i}']) }),
      },
      signals: { typing: z.object({ on: z.boolean() }) },
      presence: z.object({ name: z.string(), status: z.enum(['online', 'away']) }),
      calls: {
        rename: {
          input: z.object({ title: z.string() }),
          output: z.object({ ok: z.boolean(), n${i}: z.number() }),
          errors: { taken: z.object({ by: z.string() }) },
        },
      },
      history: { maxItems: 100, ttlMs: 60_000 },
    },`
  return `import { defineContract } from '@roomcast/protocol'
import { z } from 'zod'
export const contract = defineContract({
  version: 1,
  channels: {${channels(count).map(channel).join('')}
  },
})
type Inferred = typeof contract
export interface AppContract extends Inferred {}
`
}

/** `server.ts`, which handles every channel. */
export function generateServer(count: number): string {
  const handlers = (i: number): string => `
roomcast.channel('kind${i}:{id}:{part}', {
  canSubscribe: ({ session, params }) => session.userId === params.id,
  canPublish: {
    created: ({ data, params }) => data.n${i} > 0 && params.part !== '',
    changed: ({ data }) => data.state === 'c${i}',
    typing: ({ data }) => data.on,
  },
  calls: {
    rename: async ({ input, room, fail }) => {
      if (input.title === '') fail('taken', { by: 'nobody' })
      await room.publish('changed', { id: '1', title: input.title, state: 'a' })
      return { ok: true, n${i}: 1 }
    },
  },
})`
  return `import { createRoomcast } from '@roomcast/server'
import { contract } from './contract.ts'
const roomcast = createRoomcast({ contract, authenticate: ({ token }) => (token ? { userId: token } : null) })
${channels(count).map(handlers).join('')}
`
}

/** `client.ts`, which uses every channel. */
export function generateClient(count: number): string {
  const use = (i: number): string => `
export async function use${i}(id: string) {
  const room = client.room('kind${i}:{id}:{part}', { id, part: 'x' })
  room.on('created', ({ data }) => data.n${i} + data.tags.length)
  room.on('changed', ({ data }) => data.state === 'c${i}')
  room.on('typing', ({ data }) => data.on)
  await room.publish('created', { id, n${i}: 1, tags: [] })
  room.signal('typing', { on: true })
  await room.presence.enter({ name: 'Ada', status: 'online' })
  const result = await settle(room.call('rename', { title: 'x' }))
  return result.ok ? result.value.n${i} : result.error.code === 'taken' ? result.error.data.by.length : 0
}`
  return `import { createClient, settle } from '@roomcast/client'
import type { AppContract } from './contract.ts'
const client = createClient<AppContract>({ url: 'wss://example.com/realtime' })
${channels(count).map(use).join('')}
`
}
