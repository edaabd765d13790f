// What an application's handlers are given and must return, seen through an interface as applications declare it.
import { defineContract } from '@roomcast/protocol'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'
import type { ServerPublished } from './routing/server-room.ts'
import { createRoomcast } from './server.ts'

const contract = defineContract({
  version: 1,
  channels: {
    'chat:{roomId}': {
      events: { message: z.object({ text: z.string(), tags: z.array(z.string()).default([]) }) },
      signals: { typing: z.object({ on: z.boolean() }) },
      calls: {
        rename: {
          input: z.object({ title: z.string(), at: z.coerce.date<string>() }),
          output: z.object({ ok: z.boolean() }),
          errors: { taken: z.object({ by: z.string() }) },
        },
        touch: {},
      },
    },
    'num:{n}': { params: z.object({ n: z.coerce.number() }), events: { tick: z.number() } },
  },
})
type Inferred = typeof contract
interface AppContract extends Inferred {}
const appContract: AppContract = contract

const roomcast = createRoomcast({
  contract: appContract,
  authenticate: async ({ token, request }) => {
    expectTypeOf(token).toEqualTypeOf<string | undefined>()
    expectTypeOf(request.url).toEqualTypeOf<string>()
    return token ? { userId: token, role: 'admin' as 'admin' | 'guest' } : null
  },
})

// Handlers are given the identity, parsed parameters, parsed data and parsed input.
roomcast.channel('chat:{roomId}', {
  canSubscribe: ({ session, params, room }) => {
    expectTypeOf(session.identity.role).toEqualTypeOf<'admin' | 'guest'>()
    expectTypeOf(session.userId).toEqualTypeOf<string>()
    expectTypeOf(params).toEqualTypeOf<{ readonly roomId: string }>()
    expectTypeOf(room.name).toEqualTypeOf<string>()
    return true
  },
  canPublish: {
    message: async ({ data }) => {
      expectTypeOf(data).toEqualTypeOf<{ text: string; tags: string[] }>()
      return data.text !== ''
    },
    typing: ({ data }) => data.on,
  },
  calls: {
    rename: async ({ input, fail, room }) => {
      expectTypeOf(input).toEqualTypeOf<{ title: string; at: Date }>()
      expectTypeOf(fail('taken', { by: 'bob' })).toBeNever()
      // @ts-expect-error -- the contract declares no such error
      fail('nope', {})
      // @ts-expect-error -- the error carries other data
      fail('taken', { by: 5 })
      await room.publish('message', { text: input.title })
      return { ok: true }
    },
    touch: ({ input }) => {
      expectTypeOf(input).toEqualTypeOf<void>()
    },
  },
})

roomcast.channel('num:{n}', {
  transform: {
    tick: ({ data, params }) => {
      expectTypeOf(data).toEqualTypeOf<number>()
      return data + params.n
    },
  },
  onPublished: {
    tick: async ({ data, position, session }) => {
      expectTypeOf(data).toEqualTypeOf<number>()
      expectTypeOf(position.offset).toEqualTypeOf<number>()
      expectTypeOf(session.identity.role).toEqualTypeOf<'admin' | 'guest'>()
    },
  },
  onSubscribed: ({ session, params }) => {
    expectTypeOf(session.identity.role).toEqualTypeOf<'admin' | 'guest'>()
    expectTypeOf(params).toEqualTypeOf<{ n: number }>()
  },
  onOpened: ({ room, params }) => {
    expectTypeOf(params).toEqualTypeOf<{ n: number }>()
    void room.publish('tick', params.n)
  },
  canSubscribe: ({ params }) => {
    expectTypeOf(params).toEqualTypeOf<{ n: number }>()
    return params.n > 0
  },
})

// What the contract does not have does not compile.
const calls = { rename: () => ({ ok: true }), touch: () => {} }
// @ts-expect-error -- there is no such channel
roomcast.channel('chat:{id}', {})
// @ts-expect-error -- every call needs a handler
roomcast.channel('chat:{roomId}', { canSubscribe: () => true })
// @ts-expect-error -- and so does the second one
roomcast.channel('chat:{roomId}', { calls: { rename: () => ({ ok: true }) } })
// @ts-expect-error -- the output is another
roomcast.channel('chat:{roomId}', { calls: { ...calls, rename: () => ({ ok: 'yes' }) } })
// @ts-expect-error -- there is no such event or signal
roomcast.channel('chat:{roomId}', { calls, canPublish: { nope: () => true } })
// @ts-expect-error -- a verdict is a boolean
roomcast.channel('chat:{roomId}', { calls, canSubscribe: () => 'yes' })
// @ts-expect-error -- this channel has no calls
roomcast.channel('num:{n}', { calls: { rename: () => ({ ok: true }) } })

// @ts-expect-error -- a transform returns what the schema does
roomcast.channel('num:{n}', { transform: { tick: () => 'one' } })
// @ts-expect-error -- there is no such event
roomcast.channel('num:{n}', { onPublished: { tock: () => {} } })

// The server publishes what a sender gives.
const room = roomcast.room('chat:{roomId}', { roomId: 42 })
expectTypeOf(room.publish('message', { text: 'hi' })).toEqualTypeOf<Promise<ServerPublished>>()
expectTypeOf(room.signal('typing', { on: true })).toEqualTypeOf<Promise<void>>()
// @ts-expect-error -- there is no such event
room.publish('nope', {})
// @ts-expect-error -- a signal is not published
room.publish('typing', { on: true })
// @ts-expect-error -- the data is another
room.publish('message', { text: 5 })
// @ts-expect-error -- a parameter is missing
roomcast.room('chat:{roomId}', {})
// @ts-expect-error -- there is no such channel
roomcast.room('nope', {})

// @ts-expect-error -- `authenticate` is required
createRoomcast({ contract })
// @ts-expect-error -- an identity has a `userId`
createRoomcast({ contract, authenticate: () => ({ name: 'ada' }) })
