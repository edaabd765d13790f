import { RoomcastError, type ResultOf } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import { defer } from '../../testing/deferred.ts'
import type { TestClient } from '../../testing/test-client.ts'
import { TestInstance } from '../../testing/test-instance.ts'
import { wrapBroker } from '../../testing/wrap-broker.ts'

const ROOM = 'chat:1'

const publish = (
  client: TestClient,
  text: unknown,
  change: { event?: string; publishId?: string; room?: string } = {},
): Promise<ResultOf['publish']> =>
  client.request({
    type: 'publish',
    room: ROOM,
    event: 'message',
    publishId: `p-${String(text)}`,
    data: { text },
    ...change,
  })

describe('publish', () => {
  it('is answered with its place and reaches everyone, stamped with who it is from', async () => {
    const instance = new TestInstance()
    const [ada, bob] = [instance.open().client, await instance.connect('bob')]
    const { clientId } = await ada.connect({ token: 'ada' })
    await bob.request({ type: 'subscribe', room: ROOM })
    const { position } = await publish(ada, 'hi')
    expect(await bob.nextPush()).toEqual({
      type: 'publication',
      room: ROOM,
      id: 'p-hi',
      event: 'message',
      offset: position.offset,
      tag: position.tag,
      from: { userId: 'ada', clientId },
      time: instance.clock.now(),
      data: { text: 'hi' },
    })
  })

  it('and signals are limited for each room, whoever sends them', async () => {
    const instance = new TestInstance({ limits: { roomPublishRate: { perSecond: 10, burst: 2 } } })
    const [ada, bob] = [await instance.connect('ada'), await instance.connect('bob')]
    await bob.request({ type: 'subscribe', room: ROOM })
    await publish(ada, 'a')
    bob.send({ type: 'signal', room: ROOM, signal: 'typing', data: { on: true } })
    await instance.clock.settle()
    await expect(publish(bob, 'b')).rejects.toMatchObject({ code: 'rateLimited', retryAfterMs: 100 })
    ada.send({ type: 'signal', room: ROOM, signal: 'typing', data: { on: false } })
    await publish(ada, 'c', { room: 'chat:2' })
    await instance.clock.advanceAsync(100)
    await publish(bob, 'b')
    expect(bob.pushes).toMatchObject([{ type: 'publication' }, { type: 'signal' }, { type: 'publication' }])
  })

  it('looks at no data where nobody may publish', async () => {
    const client = await new TestInstance({ chat: { canPublish: {} } }).connect()
    await expect(publish(client, 12345)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('applies nothing that was still being judged, or waiting, when the session ended', async () => {
    const verdict = defer<boolean>()
    const instance = new TestInstance({ chat: { canPublish: { message: () => verdict.promise } } })
    const client = await instance.connect()
    for (const text of ['a', 'b']) {
      client.send({ type: 'publish', id: 10, room: ROOM, event: 'message', publishId: text, data: { text } })
    }
    await instance.clock.settle()
    for (const session of instance.services.registry.all()) session.disconnect('disconnected')
    verdict.resolve(true)
    await instance.clock.settle()
    const { top } = await instance.services.broker.read(ROOM, { last: 0 }, null)
    expect(top.offset).toBe(0)
  })

  it('says that the outcome is unknown when the broker fails in a way of its own', async () => {
    const instance = new TestInstance({
      wrapBroker: (broker) => wrapBroker(broker, { publish: () => Promise.reject(new Error('ECONNRESET')) }),
    })
    await expect(publish(await instance.connect(), 'hi')).rejects.toMatchObject({
      code: 'internal',
      outcome: 'unknown',
    })
  })

  it('needs no subscription', async () => {
    const client = await new TestInstance({ chat: { canSubscribe: () => false } }).connect()
    expect(await publish(client, 'hi')).toMatchObject({ position: { offset: 1 } })
  })

  it('sends on what the schema makes of the data, not what the client sent', async () => {
    const instance = new TestInstance()
    const client = await instance.connect()
    await client.request({ type: 'subscribe', room: ROOM })
    await client.request({
      ...{ type: 'publish', room: ROOM, event: 'message', publishId: 'p' },
      data: { text: 'hi', admin: true },
    })
    expect(await client.nextPush()).toMatchObject({ data: { text: 'hi' } })
    expect(client.received.at(-1)).not.toHaveProperty('data.admin')
  })

  it.each(['nope', 'typing', 'rename', '__proto__', 'toString'])(
    'is refused for %s, which is no event',
    async (event) => {
      const client = await new TestInstance().connect()
      await expect(publish(client, 'hi', { event })).rejects.toMatchObject({ code: 'unknownEvent' })
    },
  )

  it('is refused for data that the contract does not allow, with what is wrong where', async () => {
    const asked: unknown[] = []
    const client = await new TestInstance({
      chat: { canPublish: { message: ({ data }) => asked.push(data) > 0 } },
    }).connect()
    await expect(publish(client, 5)).rejects.toMatchObject({
      code: 'invalidData',
      temporary: false,
      data: { issues: [{ path: ['text'] }] },
    })
    expect(asked).toEqual([])
  })

  it('is forbidden when canPublish says so, and failed when it throws', async () => {
    const instance = new TestInstance({
      chat: {
        canPublish: {
          message: ({ data }) => {
            if ((data as { text: string }).text === 'crash') throw new Error('secret detail')
            return false
          },
        },
      },
    })
    const client = await instance.connect()
    await expect(publish(client, 'hi')).rejects.toMatchObject({ code: 'forbidden' })
    await expect(publish(client, 'crash')).rejects.toMatchObject({ code: 'internal' })
    expect(instance.logger.messages('error')).toEqual(['an authorization function threw'])
  })

  it('returns the first position again for an id that the client used before', async () => {
    const instance = new TestInstance()
    const client = await instance.connect()
    await client.request({ type: 'subscribe', room: ROOM })
    const first = await publish(client, 'hi', { publishId: 'p' })
    const second = await publish(client, 'hi again', { publishId: 'p' })
    expect(second).toEqual(first)
    await instance.clock.settle()
    expect(client.pushes).toHaveLength(1)
    const other = await instance.connect('bob')
    expect((await publish(other, 'mine', { publishId: 'p' })).position.offset).toBe(2)
  })

  it('recognizes a retry over a new connection of the same client', async () => {
    const instance = new TestInstance()
    const { client, transport } = instance.open()
    const resume = await client.connect()
    const first = await publish(client, 'hi')
    transport.cut()
    const { client: again } = instance.open()
    await again.connect({ resume })
    expect(await publish(again, 'hi')).toEqual(first)
  })

  it('keeps the order of one client in one room, however long each is judged', async () => {
    const gates = new Map([
      ['a', defer<boolean>()],
      ['b', defer<boolean>()],
    ])
    const instance = new TestInstance({
      chat: {
        canPublish: { message: ({ data }) => gates.get((data as { text: string }).text)?.promise ?? true },
      },
    })
    const client = await instance.connect()
    const published = ['a', 'b', 'c'].map((text) => publish(client, text))
    gates.get('b')?.resolve(true)
    await instance.clock.settle()
    const elsewhere = await publish(client, 'd', { room: 'chat:2' })
    expect(elsewhere.position.offset).toBe(1)
    gates.get('a')?.resolve(true)
    const offsets = (await Promise.all(published)).map(({ position }) => position.offset)
    expect(offsets).toEqual([1, 2, 3])
  })

  it('goes on with the next one when one is refused', async () => {
    const client = await new TestInstance().connect()
    const [refused, next] = await Promise.allSettled([publish(client, 5), publish(client, 'hi')])
    expect(refused.status).toBe('rejected')
    expect(next).toMatchObject({ status: 'fulfilled', value: { position: { offset: 1 } } })
  })

  it.each([
    [{ temporary: true }, { code: 'unavailable', temporary: true, outcome: 'notApplied' }],
    [{ outcome: 'unknown' as const }, { code: 'unavailable', temporary: true, outcome: 'unknown' }],
  ])('says whether it may have been applied when the broker fails with %j', async (details, expected) => {
    const instance = new TestInstance({
      wrapBroker: (broker) =>
        wrapBroker(broker, {
          publish: () => Promise.reject(new RoomcastError('unavailable', 'secret detail', details)),
        }),
    })
    const error: unknown = await publish(await instance.connect(), 'hi').catch((reason: unknown) => reason)
    expect(error).toMatchObject(expected)
    expect(String(error)).not.toContain('secret')
  })
})

describe('signal', () => {
  const typing = { type: 'signal', room: ROOM, signal: 'typing', data: { on: true } }

  it('reaches who is subscribed, with who it is from and without a place', async () => {
    const instance = new TestInstance()
    const [ada, bob] = [instance.open().client, await instance.connect('bob')]
    const { clientId } = await ada.connect({ token: 'ada' })
    await bob.request({ type: 'subscribe', room: ROOM })
    ada.send(typing)
    expect(await bob.nextPush()).toEqual({ ...typing, from: { userId: 'ada', clientId } })
  })

  it.each([
    ['no signal', { signal: 'message', data: { text: 'hi' } }],
    ['an unknown name', { signal: '__proto__' }],
    ['wrong data', { data: { on: 'yes' } }],
    ['an unknown room', { room: 'num:042' }],
    ['what may not be sent', { room: 'chat:closed' }],
  ])('is dropped without an answer for %s', async (_name, change) => {
    const instance = new TestInstance({
      chat: { canPublish: { typing: ({ params }) => params.roomId !== 'closed' } },
    })
    const client = await instance.connect()
    await client.request({ type: 'subscribe', room: ROOM })
    await client.request({ type: 'subscribe', room: 'chat:closed' })
    const before = client.received.length
    client.send({ ...typing, ...change })
    await instance.clock.settle()
    expect(client.received).toHaveLength(before)
    expect(instance.logger.entries).toEqual([])
  })

  it('is not answered either when the broker fails', async () => {
    const instance = new TestInstance({
      wrapBroker: (broker) => wrapBroker(broker, { signal: () => Promise.reject(new Error('down')) }),
    })
    const client = await instance.connect()
    client.send(typing)
    expect(await client.request({ type: 'ping' })).toEqual({})
    await instance.clock.settle()
    expect(client.received).toHaveLength(2)
    expect(instance.logger.messages('error')).toEqual(['a command failed'])
  })
})
