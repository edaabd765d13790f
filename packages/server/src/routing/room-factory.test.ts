import { describe, expect, it } from 'vitest'
import { TestInstance, type testContract } from '../testing/test-instance.ts'
import { RoomFactory } from './room-factory.ts'
import type { ServerRoom } from './server-room.ts'

type Chat = (typeof testContract)['channels']['chat:{roomId}']

function create() {
  const { services } = new TestInstance()
  const { broker, presence, random, router } = services
  const factory = new RoomFactory({ broker, presence, random, dedupeWindowMs: 120_000 })
  const room = factory.create(router.route('chat:42')!) as ServerRoom<Chat>
  return { services, room }
}

describe('a room of the server', () => {
  it('publishes what the contract allows, from nobody, once for each id', async () => {
    const { services, room } = create()
    const first = await room.publish('message', { text: 'hi' }, { id: 'job-1' })
    const second = await room.publish('message', { text: 'hi' }, { id: 'job-1' })
    expect(first).toMatchObject({ id: 'job-1', position: { offset: 1 }, duplicate: false })
    expect(second).toEqual({ ...first, duplicate: true })
    const { items } = await services.broker.read('chat:42', { last: 5 }, { maxItems: 5, ttlMs: 60_000 })
    expect(items).toMatchObject([{ id: 'job-1', from: undefined, json: '{"text":"hi"}' }])
  })

  it('gives each publish an id of its own', async () => {
    const { room } = create()
    const ids = [await room.publish('message', { text: 'a' }), await room.publish('message', { text: 'a' })]
    expect(new Set(ids.map(({ id }) => id)).size).toBe(2)
  })

  it('throws invalidData with its issues and where they are', async () => {
    const { room } = create()
    // @ts-expect-error: what JavaScript may send
    await expect(room.publish('message', { text: 1 })).rejects.toMatchObject({
      code: 'invalidData',
      message: expect.stringContaining('"message" is not valid at text') as string,
      data: { issues: [{ path: ['text'] }] },
    })
  })

  it.each(['nope', 'typing', '__proto__', 'toString'])(
    'throws unknownEvent for the event %s',
    async (name) => {
      const { room } = create()
      await expect(room.publish(name as 'message', { text: 'hi' })).rejects.toMatchObject({
        code: 'unknownEvent',
      })
    },
  )

  it('sends signals, which leave nothing behind', async () => {
    const { room, services } = create()
    await room.signal('typing', { on: true })
    // @ts-expect-error: what JavaScript may send
    await expect(room.signal('typing', {})).rejects.toMatchObject({ code: 'invalidData' })
    expect((await services.broker.read('chat:42', { last: 1 }, null)).top.offset).toBe(0)
  })

  it('says who is there', async () => {
    const { room, services } = create()
    await services.presence.put('chat:42', { clientId: 'c1', userId: 'ada', json: '{"name":"Ada"}' }, 's1')
    expect(await room.members()).toEqual([{ clientId: 'c1', userId: 'ada', data: { name: 'Ada' } }])
  })
})
