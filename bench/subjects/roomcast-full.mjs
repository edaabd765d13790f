// Roomcast with everything on, as users get it: a contract whose data is validated, positions, history, acknowledgements. Limits that
// would stop a load generator are off; what they count is still counted.
import { createServer } from 'node:http'
import { defineContract } from '@roomcast/protocol'
import { createRoomcast } from '@roomcast/server'
import { z } from 'zod'
import { flags, listen } from '../peers/subject.mjs'
import { CONNECTION_LIMITS, SESSION_LIMITS } from './limits.mjs'

const contract = defineContract({
  version: 1,
  channels: {
    'bench:{room}': {
      events: { message: z.object({ text: z.string() }) },
      calls: { echo: { input: z.object({ text: z.string() }), output: z.object({ text: z.string() }) } },
      history: { maxItems: 100, ttlMs: 60_000 },
    },
  },
})

const roomcast = createRoomcast({
  contract,
  authenticate: ({ token }) => (token === undefined ? null : { userId: 'bench' }),
  deflate: flags.deflate,
  limits: SESSION_LIMITS,
  webSocket: CONNECTION_LIMITS,
})

roomcast.channel('bench:{room}', {
  canSubscribe: () => true,
  canPublish: { message: () => true },
  calls: { echo: ({ input }) => input },
})

const server = createServer()
roomcast.attach(server)
listen(server)
