import type { Position } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import { TestInstance } from '../../testing/test-instance.ts'
import type { TestClient } from '../../testing/test-client.ts'

const ROOM = 'chat:1'

/** The texts of the publications that have arrived. */
const textsOf = (client: TestClient): readonly unknown[] =>
  client.pushes.map((push) => (push.type === 'publication' ? (push.data as { text: string }).text : push))

async function publishAll(instance: TestInstance, texts: readonly string[]): Promise<void> {
  for (const text of texts) await instance.publish(ROOM, text)
}

const topOf = async (instance: TestInstance): Promise<Position> =>
  (await instance.services.broker.read(ROOM, { last: 0 }, { maxItems: 5, ttlMs: 60_000 })).top

describe('subscribe', () => {
  it('is answered with the place in the stream and what the channel does', async () => {
    const instance = new TestInstance()
    await publishAll(instance, ['a', 'b'])
    const client = await instance.connect()
    expect(await client.request({ type: 'subscribe', room: ROOM })).toEqual({
      position: await topOf(instance),
      replay: 0,
      channel: { history: { maxItems: 5, ttlMs: 60_000 }, presence: true },
    })
    expect(await client.request({ type: 'subscribe', room: 'num:1' })).toMatchObject({
      position: { offset: 0, tag: 0 },
      channel: { history: null, presence: false },
    })
  })

  it('brings what is published from then on', async () => {
    const instance = new TestInstance()
    await publishAll(instance, ['before'])
    const client = await instance.connect()
    await client.request({ type: 'subscribe', room: ROOM })
    await publishAll(instance, ['a', 'b'])
    expect(await client.nextPush()).toMatchObject({ room: ROOM, event: 'message', offset: 2 })
    expect(await client.nextPush()).toMatchObject({ data: { text: 'b' }, offset: 3 })
  })

  it('is refused without leaving anything behind', async () => {
    const instance = new TestInstance({ chat: { canSubscribe: () => false } })
    const client = await instance.connect()
    await expect(client.request({ type: 'subscribe', room: ROOM })).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect(instance.services.hub.roomCount).toBe(0)
  })

  it('fails as internal when canSubscribe throws', async () => {
    const instance = new TestInstance({ chat: { canSubscribe: () => Promise.reject(new Error('no')) } })
    const client = await instance.connect()
    await expect(client.request({ type: 'subscribe', room: ROOM })).rejects.toMatchObject({
      code: 'internal',
    })
  })

  it('is limited in number; rooms that are left make place', async () => {
    const client = await new TestInstance({ limits: { maxSubscriptions: 2 } }).connect()
    await client.request({ type: 'subscribe', room: 'chat:1' })
    await client.request({ type: 'subscribe', room: 'chat:2' })
    await expect(client.request({ type: 'subscribe', room: 'chat:3' })).rejects.toMatchObject({
      code: 'limitExceeded',
    })
    await client.request({ type: 'subscribe', room: 'chat:2' })
    await client.request({ type: 'unsubscribe', room: 'chat:1' })
    await client.request({ type: 'subscribe', room: 'chat:3' })
  })

  describe('with rewind', () => {
    it('replays the last publications after the reply, from the place before them', async () => {
      const instance = new TestInstance()
      await publishAll(instance, ['a', 'b', 'c'])
      const client = await instance.connect()
      const result = await client.request({ type: 'subscribe', room: ROOM, rewind: 2 })
      expect(result).toMatchObject({ position: { offset: 1 }, replay: 2 })
      expect(Object.keys(result.position).sort()).toEqual(['epoch', 'offset', 'tag'])
      await publishAll(instance, ['d'])
      await instance.clock.settle()
      expect(textsOf(client)).toEqual(['b', 'c', 'd'])
    })

    it('replays no more than the server allows', async () => {
      const instance = new TestInstance({ limits: { maxRewind: 1 } })
      await publishAll(instance, ['a', 'b'])
      const client = await instance.connect()
      const result = await client.request({ type: 'subscribe', room: ROOM, rewind: 1_000_000 })
      expect(result).toMatchObject({ replay: 1, position: { offset: 1 } })
    })
  })

  describe('with recover', () => {
    it('replays exactly what was missed', async () => {
      const instance = new TestInstance()
      await publishAll(instance, ['a'])
      const recover = await topOf(instance)
      await publishAll(instance, ['b', 'c'])
      const client = await instance.connect()
      const result = await client.request({ type: 'subscribe', room: ROOM, recover })
      expect(result).toMatchObject({ position: recover, replay: 2, recovered: true })
      expect(result.reason).toBeUndefined()
      await instance.clock.settle()
      expect(textsOf(client)).toEqual(['b', 'c'])
    })

    it('recovers from the top when there is nothing to replay, also once history is empty', async () => {
      const instance = new TestInstance()
      await publishAll(instance, ['a'])
      const recover = await topOf(instance)
      await instance.clock.advanceAsync(61_000)
      const client = await instance.connect()
      const result = await client.request({ type: 'subscribe', room: ROOM, recover })
      expect(result).toMatchObject({ position: recover, replay: 0, recovered: true })
    })

    it.each([
      ['expired', { offset: 1 }],
      ['epochChanged', { epoch: 'another' }],
      ['forked', { tag: 1 }],
      ['forked', { offset: 99 }],
    ])('is not recovered, because %s, from %j', async (reason, change) => {
      const instance = new TestInstance()
      await publishAll(instance, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
      const top = await topOf(instance)
      const client = await instance.connect()
      const recover = { ...top, ...change }
      const result = await client.request({ type: 'subscribe', room: ROOM, recover })
      expect(result).toMatchObject({ recovered: false, reason, replay: 0, position: top })
      await publishAll(instance, ['i'])
      expect(await client.nextPush()).toMatchObject({ offset: 9 })
    })
  })

  it('begins anew for a room that is subscribed, with no duplicate of what is live', async () => {
    const instance = new TestInstance()
    const client = await instance.connect()
    const { position } = await client.request({ type: 'subscribe', room: ROOM })
    await publishAll(instance, ['a'])
    expect(await client.nextPush()).toMatchObject({ offset: 1 })
    await client.request({ type: 'subscribe', room: ROOM, recover: position })
    await publishAll(instance, ['b'])
    await instance.clock.settle()
    expect(textsOf(client)).toEqual(['a', 'b'])
    expect(instance.services.hub.subscriberCount(ROOM)).toBe(1)
  })

  it('takes the room away from who subscribes again and is refused now', async () => {
    let mayRead = true
    const instance = new TestInstance({ chat: { canSubscribe: () => mayRead } })
    const client = await instance.connect()
    await client.request({ type: 'subscribe', room: ROOM })
    mayRead = false
    await expect(client.request({ type: 'subscribe', room: ROOM })).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect(instance.services.hub.roomCount).toBe(0)
  })
})

describe('unsubscribe', () => {
  it('ends what was subscribed; nothing comes after its answer', async () => {
    const instance = new TestInstance()
    const client = await instance.connect()
    await client.request({ type: 'subscribe', room: ROOM })
    await client.request({ type: 'unsubscribe', room: ROOM })
    await publishAll(instance, ['a'])
    await instance.clock.settle()
    expect(client.pushes).toEqual([])
    expect(instance.services.hub.roomCount).toBe(0)
  })

  it('is no mistake for a room that is not subscribed', async () => {
    const client = await new TestInstance().connect()
    expect(await client.request({ type: 'unsubscribe', room: ROOM })).toEqual({})
  })
})
