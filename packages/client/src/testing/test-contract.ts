// The contract that tests use.
import type { defineContract } from '@roomcast/protocol'
import type { z } from 'zod'

type Channels = {
  readonly 'chat:{roomId}': {
    readonly events: {
      readonly message: z.ZodObject<{ text: z.ZodString }>
      readonly removed: z.ZodObject<{ id: z.ZodString }>
    }
    readonly signals: { readonly typing: z.ZodObject<{ on: z.ZodBoolean }> }
    readonly presence: z.ZodObject<{ name: z.ZodString }>
    readonly calls: {
      readonly rename: {
        readonly input: z.ZodObject<{ title: z.ZodString }>
        readonly output: z.ZodObject<{ ok: z.ZodBoolean }>
        readonly errors: { readonly taken: z.ZodObject<{ by: z.ZodString }> }
      }
      readonly clear: object
    }
  }
  readonly lobby: { readonly events: { readonly opened: z.ZodNull } }
}

export interface TestContract extends ReturnType<typeof defineContract<{ version: 1; channels: Channels }>> {}
