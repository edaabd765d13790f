import type { Member } from '@roomcast/protocol/wire'
import { describe, expectTypeOf, it } from 'vitest'
import { createClient } from './client.ts'
import type { MemberChange } from './presence/presence-set.ts'
import type { NoPresence, PresenceMember, Published } from './room/room.ts'
import { settle } from './settle.ts'
import type { Publication, Signal } from './subscription/room-events.ts'
import type { TestContract } from './testing/test-contract.ts'

const client = createClient<TestContract>({ url: 'wss://x' })
const room = client.room('chat:{roomId}', { roomId: '1' })
const lobby = client.room('lobby')

describe('createClient', () => {
  it('needs the contract', () => {
    // @ts-expect-error: the type argument is missing, and the message says so
    createClient({ url: 'wss://x' })
    expectTypeOf(createClient<never>)
      .parameter(0)
      .toEqualTypeOf<'createClient needs the type of the contract: createClient<AppContract>({ ... })'>()
  })
})

describe('room', () => {
  it('knows the patterns and their parameters', () => {
    client.room('chat:{roomId}', { roomId: 42 })
    // @ts-expect-error: no channel has this pattern
    client.room('chat', { roomId: '1' })
    // @ts-expect-error: the parameters are missing
    client.room('chat:{roomId}')
    // @ts-expect-error: the parameter has another name
    client.room('chat:{roomId}', { room: '1' })
  })

  it('types what handlers get', () => {
    room.on('message', (item) => expectTypeOf(item).toEqualTypeOf<Publication<'message', { text: string }>>())
    room.on('typing', (item) => expectTypeOf(item).toEqualTypeOf<Signal<'typing', { on: boolean }>>())
    // @ts-expect-error: neither an event nor a signal
    room.on('messages', () => {})
    // @ts-expect-error: the data have no such field
    room.on('message', ({ data }) => void data.body)
  })

  it('types what is published and signalled', () => {
    expectTypeOf(room.publish('message', { text: '' })).toEqualTypeOf<Promise<Published>>()
    // @ts-expect-error: a signal is not published
    room.publish('typing', { on: true })
    // @ts-expect-error: an event is not signalled
    room.signal('message', { text: '' })
    // @ts-expect-error: the data are of another type
    room.publish('message', { text: 1 })
  })

  it('types iteration', () => {
    expectTypeOf(room.publications('removed')).toEqualTypeOf<
      AsyncIterable<Publication<'removed', { id: string }>>
    >()
    expectTypeOf(room.publications()).toEqualTypeOf<
      AsyncIterable<Publication<'message', { text: string }> | Publication<'removed', { id: string }>>
    >()
  })

  it('types calls, their options and their declared errors', async () => {
    expectTypeOf(await room.call('rename', { title: '' }, { timeoutMs: 1 })).toEqualTypeOf<{ ok: boolean }>()
    expectTypeOf(await room.call('clear')).toEqualTypeOf<void>()
    // @ts-expect-error: the input is missing
    void room.call('rename')
    const result = await settle(room.call('rename', { title: '' }))
    if (result.ok) {
      expectTypeOf(result.value).toEqualTypeOf<{ ok: boolean }>()
      return
    }
    if (result.error.code === 'taken') expectTypeOf(result.error.data).toEqualTypeOf<{ by: string }>()
    if (result.error.code === 'timeout') expectTypeOf(result.error.data).toEqualTypeOf<unknown>()
    // @ts-expect-error: no such error is declared
    if (result.error.code === 'token') return
  })

  it('types presence, and has none where the contract declares none', () => {
    expectTypeOf(room.presence.members).toEqualTypeOf<readonly PresenceMember<{ name: string }>[]>()
    room.presence.on('change', (change) =>
      expectTypeOf(change).toEqualTypeOf<MemberChange<PresenceMember<{ name: string }>>>(),
    )
    expectTypeOf<Member>().toExtend<PresenceMember<unknown>>()
    // @ts-expect-error: the data are of another type
    void room.presence.enter({ nick: '' })
    expectTypeOf(lobby.presence).toEqualTypeOf<NoPresence>()
    // @ts-expect-error: this channel has no calls
    void lobby.call('rename', { title: '' })
  })
})
