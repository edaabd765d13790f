// What the server and the page agree on. The page imports the type only, so no zod reaches the browser.
import { defineContract } from '@roomcast/protocol'
import { z } from 'zod'

const name = z.string().trim().min(1).max(40)
const topic = z.string().trim().max(120)

export const contract = defineContract({
  version: 1,
  channels: {
    'chat:{roomId}': {
      params: z.object({ roomId: z.string().max(40) }),
      events: {
        message: z.object({
          /** Chosen by the author's page, which shows the message before the server has seen it, and may try again. */
          id: z.string().max(40),
          text: z.string().trim().min(1).max(2000),
          /** Travels with each message, because its author may be gone when somebody reads it. */
          name,
        }),
        topic: z.object({ topic, name }),
      },
      signals: { typing: z.object({ on: z.boolean(), name }) },
      presence: z.object({ name }),
      calls: {
        topic: { output: z.object({ topic }) },
        setTopic: { input: z.object({ topic, name }), errors: { unchanged: z.object({ topic }) } },
      },
      history: { maxItems: 200, ttlMs: 3_600_000 },
    },
  },
})

type Inferred = typeof contract
export interface ChatContract extends Inferred {}
