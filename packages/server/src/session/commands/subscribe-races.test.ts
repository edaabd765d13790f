// What happens between the beginning of a subscribe and its reply.
import { RoomcastError } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import type { StoredPublication } from '../../broker/broker.ts'
import { defer, type Deferred } from '../../testing/deferred.ts'
import type { TestClient } from '../../testing/test-client.ts'
import { TestInstance, type TestInstanceOptions } from '../../testing/test-instance.ts'
import { wrapBroker } from '../../testing/wrap-broker.ts'

const ROOM = 'chat:1'

/** An instance whose broker holds back what it has read, or its acknowledgement of a subscribe, until told. */
function createSlow(
  slow: 'subscribe' | 'read' | 'readResult',
  options: TestInstanceOptions = {},
): { instance: TestInstance; gate: Deferred<void> } {
  const gate = defer()
  const instance = new TestInstance({
    ...options,
    wrapBroker: (broker) =>
      wrapBroker(broker, {
        subscribe: async (room) => {
          await broker.subscribe(room)
          if (slow === 'subscribe') await gate.promise
        },
        read: async (...request) => {
          if (slow === 'read') await gate.promise
          const slice = await broker.read(...request)
          if (slow === 'readResult') await gate.promise
          return slice
        },
      }),
  })
  return { instance, gate }
}

const offsetsOf = (client: TestClient): readonly unknown[] =>
  client.pushes.map((push) => (push.type === 'publication' ? push.offset : push.type))

describe('a subscribe under way', () => {
  it.each(['subscribe', 'read', 'readResult'] as const)(
    'loses and repeats nothing that is published while the broker is slow to %s',
    async (slow) => {
      const { instance, gate } = createSlow(slow)
      const client = await instance.connect()
      const { position: first } = await instance.services.broker.publish(
        ROOM,
        { id: 'first', event: 'message', from: undefined, json: '{}' },
        { retention: { maxItems: 5, ttlMs: 60_000 }, dedupeWindowMs: 1_000 },
      )
      const subscribed = client.request({ type: 'subscribe', room: ROOM, recover: first })
      await instance.clock.settle()
      await instance.publish(ROOM, 'b')
      await instance.publish(ROOM, 'c')
      expect(client.received).toHaveLength(1)
      gate.resolve()
      const { position, replay } = await subscribed
      await instance.publish(ROOM, 'd')
      await instance.clock.settle()
      expect(position.offset).toBe(1)
      expect(replay).toBe(slow === 'readResult' ? 0 : 2)
      expect(offsetsOf(client)).toEqual([2, 3, 4])
      expect(client.received[1]).toMatchObject({ type: 'reply' })
    },
  )

  it('fails as unavailable, and may be tried again, when more is published than may wait', async () => {
    const { instance, gate } = createSlow('readResult', { limits: { maxBufferedPublications: 2 } })
    const client = await instance.connect()
    const subscribed = client.request({ type: 'subscribe', room: ROOM })
    await instance.clock.settle()
    for (const text of ['a', 'b', 'c']) await instance.publish(ROOM, text)
    gate.resolve()
    await expect(subscribed).rejects.toMatchObject({ code: 'unavailable', temporary: true })
    expect(instance.services.hub.roomCount).toBe(0)
    expect(client.pushes).toEqual([])
    await client.request({ type: 'subscribe', room: ROOM })
  })

  it('holds as many publications as may wait', async () => {
    const { instance, gate } = createSlow('readResult', { limits: { maxBufferedPublications: 2 } })
    const client = await instance.connect()
    const subscribed = client.request({ type: 'subscribe', room: ROOM })
    await instance.clock.settle()
    for (const text of ['a', 'b']) await instance.publish(ROOM, text)
    gate.resolve()
    await subscribed
    await instance.clock.settle()
    expect(offsetsOf(client)).toEqual([1, 2])
  })

  it('is answered once, and with nothing before it, when the bus loses something meanwhile', async () => {
    const { instance, gate } = createSlow('readResult')
    const client = await instance.connect()
    const subscribed = client.request({ type: 'subscribe', room: ROOM })
    await instance.clock.settle()
    const item: StoredPublication = {
      ...{ id: 'x', event: 'message', from: undefined, json: '{}' },
      ...{ offset: 1, tag: 1, time: 0 },
    }
    instance.services.hub.onPublication(ROOM, 'e', item)
    instance.services.hub.onPublication(ROOM, 'e', { ...item, offset: 5 })
    gate.resolve()
    await expect(subscribed).rejects.toMatchObject({ code: 'unavailable', temporary: true })
    await instance.clock.settle()
    expect(client.pushes).toEqual([])
    expect(instance.services.hub.roomCount).toBe(0)
  })

  it('is finished before an unsubscribe that was sent behind it', async () => {
    const { instance, gate } = createSlow('read')
    const client = await instance.connect()
    const subscribed = client.request({ type: 'subscribe', room: ROOM })
    const unsubscribed = client.request({ type: 'unsubscribe', room: ROOM })
    await instance.clock.settle()
    expect(client.received).toHaveLength(1)
    gate.resolve()
    await Promise.all([subscribed, unsubscribed])
    expect(client.received.slice(1)).toMatchObject([{ id: 2 }, { id: 3 }])
    await instance.publish(ROOM, 'a')
    await instance.clock.settle()
    expect(client.pushes).toEqual([])
    expect(instance.services.hub.roomCount).toBe(0)
  })

  it('is finished before a publish that was sent behind it, so that who publishes gets it', async () => {
    const { instance, gate } = createSlow('subscribe')
    const client = await instance.connect()
    const publish = { type: 'publish', room: ROOM, event: 'message', publishId: 'p' } as const
    const subscribed = client.request({ type: 'subscribe', room: ROOM })
    const published = client.request({ ...publish, data: { text: 'mine' } })
    gate.resolve()
    await Promise.all([subscribed, published])
    expect(await client.nextPush()).toMatchObject({ id: 'p', offset: 1 })
  })

  it('gives no signals before its reply, and all after it', async () => {
    const { instance, gate } = createSlow('read')
    const client = await instance.connect()
    const signal = { signal: 'typing', from: undefined, json: '{"on":true}' }
    const subscribed = client.request({ type: 'subscribe', room: ROOM })
    await instance.clock.settle()
    await instance.services.broker.signal(ROOM, signal)
    gate.resolve()
    await subscribed
    await instance.services.broker.signal(ROOM, signal)
    await instance.clock.settle()
    expect(client.pushes).toEqual([{ type: 'signal', room: ROOM, signal: 'typing', data: { on: true } }])
  })

  it.each(['subscribe', 'read', 'readResult'] as const)(
    'leaves nothing behind when the connection is lost while the broker is slow to %s',
    async (slow) => {
      const { instance, gate } = createSlow(slow)
      const { client, transport } = instance.open()
      await client.connect()
      client.send({ type: 'subscribe', id: 2, room: ROOM })
      await instance.clock.settle()
      expect(instance.services.hub.roomCount).toBe(1)
      transport.cut()
      gate.resolve()
      await instance.clock.settle()
      expect(instance.services.hub.roomCount).toBe(0)
      expect(instance.logger.entries).toEqual([])
    },
  )

  it('leaves nothing behind when the connection is lost while canSubscribe is asked', async () => {
    const verdict = defer<boolean>()
    const instance = new TestInstance({ chat: { canSubscribe: () => verdict.promise } })
    const { client, transport } = instance.open()
    await client.connect()
    client.send({ type: 'subscribe', id: 2, room: ROOM })
    await instance.clock.settle()
    transport.cut()
    verdict.resolve(true)
    await instance.clock.settle()
    expect(instance.services.hub.roomCount).toBe(0)
  })

  it('leaves nothing behind when the broker fails', async () => {
    const instance = new TestInstance({
      wrapBroker: (broker) => wrapBroker(broker, { subscribe: () => Promise.reject(new Error('down')) }),
    })
    const client = await instance.connect()
    await expect(client.request({ type: 'subscribe', room: ROOM })).rejects.toMatchObject({
      code: 'internal',
    })
    expect(instance.services.hub.roomCount).toBe(0)
    expect(instance.logger.messages('error')).toEqual(['a command failed'])
  })
})

describe('a broker that cannot be reached', () => {
  it('is answered as temporary, so that the client tries again', async () => {
    const unreachable = new RoomcastError('unavailable', 'no broker', { temporary: true })
    const instance = new TestInstance({
      wrapBroker: (broker) => wrapBroker(broker, { read: () => Promise.reject(unreachable) }),
    })
    const client = await instance.connect()
    await expect(client.request({ type: 'subscribe', room: 'chat:1' })).rejects.toMatchObject({
      code: 'unavailable',
      temporary: true,
    })
    expect(instance.services.hub.roomCount).toBe(0)
  })
})
