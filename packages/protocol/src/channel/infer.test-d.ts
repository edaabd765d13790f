// What a contract implies, seen through an interface as applications are told to declare it.
import { expectTypeOf } from 'vitest'
import { z } from 'zod'
import { defineContract } from './define-contract.ts'
import type {
  CallErrors,
  CallHandlerInput,
  CallHandlerOutput,
  CallInput,
  CallOutput,
  CallsOf,
  ChannelOf,
  EventsOf,
  InputOf,
  OutputOf,
  ParamsInput,
  ParamsOutput,
  PresenceInput,
  PresenceOutput,
  SignalsOf,
} from './infer.ts'
import type { Contract } from './contract.ts'
import type { ParamInput, PatternParams } from './channel-pattern.ts'

const contract = defineContract({
  version: 1,
  channels: {
    'chat:{roomId}': {
      events: {
        message: z.object({ text: z.string(), tags: z.array(z.string()).default([]) }),
        pinned: z.object({ by: z.string().optional() }),
      },
      signals: { typing: z.object({ on: z.boolean() }) },
      presence: z.object({ name: z.string(), status: z.enum(['online', 'away']).default('online') }),
      calls: {
        rename: {
          input: z.object({ title: z.string(), at: z.coerce.date<string>() }),
          output: z.object({ ok: z.boolean().default(true) }),
          errors: { taken: z.object({ by: z.string() }), tooLong: z.object({ max: z.number() }) },
        },
        touch: {},
      },
    },
    'org:{orgId}:seat:{row}': {
      params: z.object({ orgId: z.string(), row: z.coerce.number() }),
    },
    lobby: {},
  },
})
type Inferred = typeof contract
export interface AppContract extends Inferred {}

type Chat = ChannelOf<AppContract, 'chat:{roomId}'>
type Lobby = ChannelOf<AppContract, 'lobby'>
type Rename = CallsOf<Chat>['rename']
type Touch = CallsOf<Chat>['touch']

expectTypeOf<AppContract>().toExtend<Contract>()
expectTypeOf<keyof AppContract['channels']>().toEqualTypeOf<
  'chat:{roomId}' | 'org:{orgId}:seat:{row}' | 'lobby'
>()

// Names
expectTypeOf<keyof EventsOf<Chat>>().toEqualTypeOf<'message' | 'pinned'>()
expectTypeOf<keyof SignalsOf<Chat>>().toEqualTypeOf<'typing'>()
expectTypeOf<keyof CallsOf<Chat>>().toEqualTypeOf<'rename' | 'touch'>()
expectTypeOf<keyof EventsOf<Lobby>>().toBeNever()
expectTypeOf<keyof SignalsOf<Lobby>>().toBeNever()
expectTypeOf<keyof CallsOf<Lobby>>().toBeNever()

// A sender gives the input of a schema, a receiver gets its output.
type Message = EventsOf<Chat>['message']
expectTypeOf<InputOf<Message>>().toEqualTypeOf<{ text: string; tags?: string[] | undefined }>()
expectTypeOf<OutputOf<Message>>().toEqualTypeOf<{ text: string; tags: string[] }>()
expectTypeOf<OutputOf<EventsOf<Chat>['pinned']>>().toEqualTypeOf<{ by?: string | undefined }>()
expectTypeOf<OutputOf<SignalsOf<Chat>['typing']>>().toEqualTypeOf<{ on: boolean }>()

// Presence
expectTypeOf<PresenceInput<Chat>>().toEqualTypeOf<{ name: string; status?: 'online' | 'away' | undefined }>()
expectTypeOf<PresenceOutput<Chat>>().toEqualTypeOf<{ name: string; status: 'online' | 'away' }>()
expectTypeOf<PresenceInput<Lobby>>().toBeNever()
expectTypeOf<PresenceOutput<Lobby>>().toBeNever()

// Calls: the input may become a Date on the server, the output has to travel back.
expectTypeOf<CallInput<Rename>>().toEqualTypeOf<{ title: string; at: string }>()
expectTypeOf<CallHandlerInput<Rename>>().toEqualTypeOf<{ title: string; at: Date }>()
expectTypeOf<CallHandlerOutput<Rename>>().toEqualTypeOf<{ ok?: boolean | undefined }>()
expectTypeOf<CallOutput<Rename>>().toEqualTypeOf<{ ok: boolean }>()
expectTypeOf<CallErrors<Rename>>().toEqualTypeOf<{
  readonly taken: { by: string }
  readonly tooLong: { max: number }
}>()
expectTypeOf<CallInput<Touch>>().toEqualTypeOf<void>()
expectTypeOf<CallHandlerInput<Touch>>().toEqualTypeOf<void>()
expectTypeOf<CallHandlerOutput<Touch>>().toEqualTypeOf<void>()
expectTypeOf<CallOutput<Touch>>().toEqualTypeOf<void>()
expectTypeOf<keyof CallErrors<Touch>>().toBeNever()

// Parameters: of the pattern, or of the schema with what it coerces narrowed to what a name can hold.
expectTypeOf<ParamsInput<AppContract, 'chat:{roomId}'>>().toEqualTypeOf<{ readonly roomId: ParamInput }>()
expectTypeOf<ParamsOutput<AppContract, 'chat:{roomId}'>>().toEqualTypeOf<{ readonly roomId: string }>()
expectTypeOf<ParamsInput<AppContract, 'org:{orgId}:seat:{row}'>>().toEqualTypeOf<{
  readonly orgId: string
  readonly row: ParamInput
}>()
expectTypeOf<ParamsOutput<AppContract, 'org:{orgId}:seat:{row}'>>().toEqualTypeOf<{
  orgId: string
  row: number
}>()
expectTypeOf<keyof ParamsInput<AppContract, 'lobby'>>().toBeNever()
expectTypeOf<keyof ParamsOutput<AppContract, 'lobby'>>().toBeNever()

// The compiler finds the parameters of a pattern as the parser does.
expectTypeOf<keyof PatternParams<'{a}:x:{b}:{c}'>>().toEqualTypeOf<'a' | 'b' | 'c'>()
expectTypeOf<keyof PatternParams<'a:b'>>().toBeNever()

// Where zod does not resolve, schemas are `any`: that must not become a payload that accepts everything.
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- it is what an unresolved import looks like
type Unresolved = any
expectTypeOf<InputOf<Unresolved>>().toBeNever()
expectTypeOf<OutputOf<Unresolved>>().toBeNever()
expectTypeOf<InputOf<string>>().toBeNever()
