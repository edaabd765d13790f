import { defineContract } from '@roomcast/protocol'
import { jsonCodec } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { RoomcastOptions } from './options.ts'
import type { Identity } from './routing/handlers.ts'
import type { Roomcast } from './roomcast.ts'
import { createRoomcast } from './server.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { RecordingLogger } from './testing/recording-logger.ts'
import { SeededRandom } from './testing/seeded-random.ts'
import { TestClient } from './testing/test-client.ts'
import { MemoryTransport } from './transport/memory-transport.ts'

const contract = defineContract({
  version: 1,
  channels: {
    'chat:{roomId}': {
      events: { message: z.object({ text: z.string() }), pinned: z.object({}) },
      signals: { typing: z.object({ on: z.boolean() }) },
      calls: { rename: { input: z.object({ title: z.string() }), output: z.object({ ok: z.boolean() }) } },
      history: { maxItems: 10, ttlMs: 60_000 },
    },
    'num:{n}': { params: z.object({ n: z.coerce.number() }), events: { tick: z.number() } },
  },
})

type Options = RoomcastOptions<typeof contract, Identity>

function create(change: Partial<Options> = {}) {
  const clock = new FakeClock(1_700_000_000_000)
  const logger = new RecordingLogger()
  const roomcast = createRoomcast({
    ...{ contract, clock, logger, random: new SeededRandom(1) },
    authenticate: ({ token }) => (token ? { userId: token } : null),
    ...change,
  })
  return { clock, logger, roomcast }
}

function open(roomcast: Pick<Roomcast, 'accept'>): TestClient {
  const { server, client } = MemoryTransport.pair({ codec: jsonCodec })
  roomcast.accept(server, { url: '/', headers: {}, remoteAddress: undefined })
  return new TestClient(client)
}

describe('createRoomcast', () => {
  it('serves clients: what one publishes, and what the server does, reaches the other', async () => {
    const { roomcast } = create()
    roomcast.channel('chat:{roomId}', {
      canSubscribe: ({ params }) => params.roomId === '42',
      canPublish: { message: ({ session }) => session.userId === 'ada' },
      calls: { rename: ({ input }) => ({ ok: input.title !== '' }) },
    })
    const [ada, bob] = [open(roomcast), open(roomcast)]
    await ada.connect({ token: 'ada' })
    await bob.connect({ token: 'bob' })
    expect(roomcast.sessionCount).toBe(2)
    await bob.request({ type: 'subscribe', room: 'chat:42' })
    await expect(bob.request({ type: 'subscribe', room: 'chat:43' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    const publish = { type: 'publish', room: 'chat:42', event: 'message', publishId: 'p' } as const
    await ada.request({ ...publish, data: { text: 'from ada' } })
    await roomcast.room('chat:{roomId}', { roomId: '42' }).publish('message', { text: 'from the server' })
    expect(await bob.nextPush()).toMatchObject({ from: { userId: 'ada' }, data: { text: 'from ada' } })
    expect(await bob.nextPush()).toMatchObject({ offset: 2, data: { text: 'from the server' } })
    expect(bob.received.at(-1)).not.toHaveProperty('from')
    const call = { type: 'call', room: 'chat:42', call: 'rename', data: { title: 'x' } } as const
    expect(await bob.request(call)).toEqual({ data: { ok: true } })
  })

  it('announces a limit that is off as a number that every language can hold', async () => {
    const { roomcast } = create({ webSocket: { maxMessageBytes: Infinity } })
    const { limits } = await open(roomcast).connect()
    expect(limits.maxMessageBytes).toBe(Number.MAX_SAFE_INTEGER)
  })

  it('turns away who comes after it was closed', async () => {
    const { roomcast } = create()
    await roomcast.close()
    expect(await open(roomcast).closed).toMatchObject({ code: 1012 })
  })

  it('announces its limits, its windows and the contract it runs', async () => {
    const { roomcast } = create({ limits: { maxSubscriptions: 7 }, heartbeatMs: 5_000 })
    const result = await open(roomcast).connect()
    expect(result).toMatchObject({
      contract: 'same',
      limits: { maxSubscriptions: 7, maxOutstandingCommands: 256 },
      heartbeatMs: 5_000,
      dedupeWindowMs: 120_000,
    })
    expect(result.contractHash).toMatch(/^[A-Za-z0-9_-]{22}$/)
  })

  it('gives a contract the same hash whatever the order of its keys, and another one its own', async () => {
    const hashOf = async (channels: typeof contract.channels): Promise<string> => {
      const { roomcast } = create({ contract: { version: 1, channels } })
      return (await open(roomcast).connect()).contractHash
    }
    const { 'num:{n}': num, 'chat:{roomId}': chat } = contract.channels
    const hash = await hashOf(contract.channels)
    expect(await hashOf({ 'num:{n}': num, 'chat:{roomId}': chat })).toBe(hash)
    const changed = { ...chat, history: { maxItems: 11, ttlMs: 60_000 } } as unknown as typeof chat
    expect(await hashOf({ 'num:{n}': num, 'chat:{roomId}': changed })).not.toBe(hash)
  })

  it('accepts older versions only if told to', async () => {
    const strict = open(create().roomcast)
    strict.send({ type: 'connect', id: 1, token: 'ada', version: 2 })
    expect(await strict.closed).toMatchObject({ code: 4504 })
    const lenient = open(create({ acceptVersions: [2] }).roomcast)
    expect(await lenient.connect({ version: 2 })).toMatchObject({ contract: 'accepted' })
  })

  it('throws for options that make no sense', () => {
    expect(() => create({ authenticate: undefined as never })).toThrow(TypeError)
    expect(() => create({ presenceGraceMs: -1 })).toThrow(TypeError)
  })

  describe('warns', () => {
    it('at once of windows that are too short', () => {
      const { logger } = create({ presenceGraceMs: 1_000 })
      expect(logger.messages('warn')).toEqual([expect.stringMatching(/^presenceGraceMs is 1000 ms/)])
    })

    it('once, with the first client, of what refuses everyone', () => {
      const { logger, roomcast } = create()
      roomcast.channel('chat:{roomId}', {
        canPublish: { message: () => true },
        calls: {} as { rename: () => { ok: boolean } },
      })
      expect(logger.entries).toEqual([])
      open(roomcast)
      open(roomcast)
      expect(logger.messages('warn')).toEqual([
        '"chat:{roomId}" has no canSubscribe, so no client can subscribe to it.',
        '"chat:{roomId}" has no canPublish for pinned, typing, so no client can send it.',
        '"chat:{roomId}" has no handler for the calls rename.',
        '"num:{n}" has no canSubscribe, so no client can subscribe to it.',
        '"num:{n}" has no canPublish for tick, so no client can send it.',
      ])
    })
  })

  describe('channel()', () => {
    it.each(['chat:{id}', 'nope', '__proto__', 'toString'])(
      'throws for %s, which the contract lacks',
      (name) => {
        const { roomcast } = create()
        expect(() => roomcast.channel(name as 'num:{n}', {})).toThrow(
          new TypeError(`The contract has no channel "${name}".`),
        )
      },
    )
  })

  describe('room()', () => {
    it('names the room by its parameters', () => {
      const { roomcast } = create()
      expect(roomcast.room('chat:{roomId}', { roomId: 'a b' }).name).toBe('chat:a%20b')
      expect(roomcast.room('num:{n}', { n: 42 }).name).toBe('num:42')
    })

    it('throws for parameters that name no room of the channel', () => {
      const { roomcast } = create()
      expect(() => roomcast.room('num:{n}', { n: '042' })).toThrow(TypeError)
      expect(() => roomcast.room('num:{n}', { n: 'x' })).toThrow(TypeError)
      expect(() => roomcast.room('chat:{roomId}', { roomId: '' })).toThrow(TypeError)
      expect(() => roomcast.room('chat:{roomId}', {} as { roomId: string })).toThrow(TypeError)
      expect(() => roomcast.room('nope' as 'num:{n}', { n: 1 })).toThrow(TypeError)
    })

    it('rejects what the contract does not allow, as an error with a code', async () => {
      const room = create().roomcast.room('num:{n}', { n: 1 })
      await expect(room.publish('tick', 'x' as unknown as number)).rejects.toMatchObject({
        name: 'RoomcastError',
        code: 'invalidData',
      })
      await expect(room.publish('tock' as 'tick', 1)).rejects.toMatchObject({ code: 'unknownEvent' })
    })
  })

  describe('close()', () => {
    it('sends every client away to connect again, and publishes no more', async () => {
      const { roomcast } = create()
      const [connected, opening] = [open(roomcast), open(roomcast)]
      await connected.connect()
      await roomcast.close()
      expect(await connected.closed).toEqual({ code: 1012, reason: 'restart' })
      expect(await opening.closed).toEqual({ code: 1012, reason: 'restart' })
      await expect.poll(() => roomcast.sessionCount).toBe(0)
      await expect(roomcast.room('num:{n}', { n: 1 }).publish('tick', 1)).rejects.toMatchObject({
        code: 'unavailable',
      })
    })

    it('leaves no timer behind, and may be called twice', async () => {
      const { clock, roomcast } = create()
      const client = open(roomcast)
      await client.connect()
      await Promise.all([roomcast.close(), roomcast.close()])
      await client.closed
      await clock.settle()
      expect(clock.timerCount).toBe(0)
    })
  })

  describe('the server’s own code', () => {
    /** Ada twice and Bob once, all in chat:1, and Bob in chat:2 too. */
    async function fill() {
      const { clock, roomcast } = create()
      roomcast.channel('chat:{roomId}', {
        canSubscribe: () => true,
        calls: { rename: () => ({ ok: true }) },
      })
      const [laptop, phone, bob] = [open(roomcast), open(roomcast), open(roomcast)]
      for (const client of [laptop, phone]) await client.connect({ token: 'ada' })
      await bob.connect({ token: 'bob' })
      for (const client of [laptop, phone, bob]) await client.request({ type: 'subscribe', room: 'chat:1' })
      await bob.request({ type: 'subscribe', room: 'chat:2' })
      return { clock, roomcast, laptop, phone, bob }
    }

    it('knows who is there, and where', async () => {
      const { roomcast, bob } = await fill()
      expect(await roomcast.sessions.count()).toBe(3)
      expect(await roomcast.sessions.count({ userId: 'ada', room: 'chat:1' })).toBe(2)
      expect(await roomcast.sessions.list({ room: 'chat:2' })).toMatchObject({
        total: 1,
        items: [{ userId: 'bob', rooms: ['chat:1', 'chat:2'] }],
        missing: [],
      })
      expect(await roomcast.sessions.list({}, { limit: 1 })).toMatchObject({ total: 3, items: [{}] })
      const rooms = [
        { name: 'chat:1', pattern: 'chat:{roomId}', subscribers: 3 },
        { name: 'chat:2', pattern: 'chat:{roomId}', subscribers: 1 },
      ]
      expect(await roomcast.rooms.list()).toEqual({ total: 2, items: rooms, missing: [] })
      expect(await roomcast.rooms.list({ pattern: 'num:{n}' })).toMatchObject({ total: 0, items: [] })
      await bob.request({ type: 'unsubscribe', room: 'chat:2' })
      expect(await roomcast.rooms.list({ limit: 1 })).toEqual({
        total: 1,
        items: rooms.slice(0, 1),
        missing: [],
      })
    })

    it('ends all sessions of a user, and no other', async () => {
      const { roomcast, laptop, phone, bob } = await fill()
      expect(await roomcast.sessions.disconnect({ userId: 'ada' }, { code: 4800, reason: 'banned' })).toEqual(
        {
          sessions: 2,
          missing: [],
        },
      )
      expect([await laptop.closed, await phone.closed]).toEqual([
        { code: 4800, reason: 'banned' },
        { code: 4800, reason: 'banned' },
      ])
      expect([bob.isClosed, await roomcast.sessions.count()]).toEqual([false, 1])
      expect(await roomcast.sessions.disconnect({ userId: 'ada' })).toMatchObject({ sessions: 0 })
    })

    it('ends a subscription, of which the client is told, and of which nothing more arrives', async () => {
      const { roomcast, laptop, bob } = await fill()
      expect(await roomcast.sessions.unsubscribe({ userId: 'ada' }, 'chat:1')).toMatchObject({ sessions: 2 })
      expect(await roomcast.sessions.unsubscribe({ userId: 'ada' }, 'chat:1')).toMatchObject({ sessions: 0 })
      const room = roomcast.room('chat:{roomId}', { roomId: '1' })
      await room.publish('message', { text: 'who is left' })
      expect(await laptop.nextPush()).toEqual({
        type: 'unsubscribed',
        room: 'chat:1',
        code: 2500,
        reason: 'unsubscribed',
      })
      expect(await bob.nextPush()).toMatchObject({ data: { text: 'who is left' } })
      expect(laptop.pushes).toEqual([])
    })

    it('publishes to many rooms at once, and to none if one of them does not exist or the data is wrong', async () => {
      const { roomcast, laptop, bob } = await fill()
      const rooms = [{ roomId: '1' }, { roomId: '2' }]
      const results = await roomcast.publish('chat:{roomId}', rooms, 'message', { text: 'to all' })
      expect(results).toMatchObject([
        { status: 'fulfilled', value: { position: { offset: 1 }, duplicate: false } },
        { status: 'fulfilled', value: { position: { offset: 1 }, duplicate: false } },
      ])
      expect(await laptop.nextPush()).toMatchObject({ room: 'chat:1', data: { text: 'to all' } })
      expect([await bob.nextPush(), await bob.nextPush()]).toMatchObject([
        { room: 'chat:1' },
        { room: 'chat:2' },
      ])
      const unknown = [{ roomId: '1' }, { roomId: '' }]
      await expect(async () =>
        roomcast.publish('chat:{roomId}', unknown, 'message', { text: 'x' }),
      ).rejects.toThrow()
      await expect(roomcast.publish('chat:{roomId}', rooms, 'message', {} as never)).rejects.toMatchObject({
        code: 'invalidData',
      })
      expect(await roomcast.publish('chat:{roomId}', [], 'message', { text: 'x' })).toEqual([])
      expect([laptop.pushes, bob.pushes]).toEqual([[], []])
    })

    it('drains: everybody is told and sent away in time, nobody comes in, and then all is closed', async () => {
      const { clock, roomcast, laptop, phone, bob } = await fill()
      let isDrained = false
      const drained = roomcast
        .drain({ windowMs: 1_000, reconnectWindowMs: 300 })
        .then(() => (isDrained = true))
      expect(await open(roomcast).closed).toMatchObject({ code: 1012 })
      await clock.advanceAsync(1_000)
      await drained
      for (const client of [laptop, phone, bob]) {
        expect(await client.closed).toEqual({ code: 1012, reason: 'restart' })
        expect(client.received.at(-1)).toEqual({ type: 'drain', windowMs: 300 })
      }
      expect([isDrained, roomcast.sessionCount, clock.timerCount]).toEqual([true, 0, 0])
    })

    it('refuses a drain that makes no sense, and goes on', async () => {
      const { roomcast, laptop } = await fill()
      await expect(roomcast.drain({ windowMs: -1 })).rejects.toThrow('windowMs')
      await expect(roomcast.drain({ window: 1 } as never)).rejects.toThrow('no option "window"')
      expect(laptop.isClosed).toBe(false)
    })
  })
})
