// The contract of the application whose bundle is measured. It needs zod; the bundle must not.
import { defineContract } from '@roomcast/protocol'
import { z } from 'zod'

export const contract = defineContract({
  version: 1,
  channels: {
    'chat:{roomId}': {
      events: { message: z.object({ text: z.string().max(2000) }) },
      signals: { typing: z.object({ on: z.boolean() }) },
      presence: z.object({ name: z.string() }),
      calls: {
        rename: {
          input: z.object({ title: z.string() }),
          output: z.object({ ok: z.boolean() }),
          errors: { taken: z.object({ by: z.string() }) },
        },
      },
      history: { maxItems: 500, ttlMs: 300_000 },
    },
  },
})
type Inferred = typeof contract
export interface AppContract extends Inferred {}
