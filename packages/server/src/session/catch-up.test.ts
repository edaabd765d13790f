import { describe, expect, it } from 'vitest'
import type { Broker } from '../broker/broker.ts'
import { defer } from '../testing/deferred.ts'
import type { TestClient } from '../testing/test-client.ts'
import { TestInstance, type TestInstanceOptions } from '../testing/test-instance.ts'
import { wrapBroker } from '../testing/wrap-broker.ts'

const ROOM = 'chat:1'

/** Each takes about 300 bytes on the wire, so that three of them are congestion. */
const LIMITS = { maxOutboxBytes: 800, slowConsumerMs: 60_000 }
const textOf = (index: number): string => `${index} ${'x'.repeat(100)}`

async function publishSome(instance: TestInstance, from: number, to: number, room = ROOM): Promise<void> {
  for (let index = from; index <= to; index++) await instance.publish(room, textOf(index))
}

/** The offsets that have arrived of a room, and whatever else was pushed. */
const seenBy = (client: TestClient, room = ROOM): readonly unknown[] =>
  client.pushes.flatMap<unknown>((push) => {
    if (!('room' in push) || push.room !== room) return []
    return push.type === 'publication' ? [push.offset] : [push]
  })

const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, index) => index + 1)

async function subscribed(options: TestInstanceOptions = {}, ...rooms: readonly string[]) {
  const instance = new TestInstance({ limits: LIMITS, ...options })
  const client = await instance.connect('slow')
  for (const room of [ROOM, ...rooms]) await client.request({ type: 'subscribe', room })
  return { instance, client }
}

describe('a client that does not read for a while', () => {
  it('is spared what is published meanwhile, and gets all of it in order when it reads', async () => {
    const { instance, client } = await subscribed()
    client.pause()
    await publishSome(instance, 1, 3)
    const before = instance.services.hub.subscriberCount(ROOM)
    await publishSome(instance, 4, 7)
    client.resume()
    await instance.clock.settle()
    await publishSome(instance, 8, 8)
    await instance.clock.settle()
    expect(seenBy(client)).toEqual(upTo(8))
    expect([before, instance.services.hub.subscriberCount(ROOM)]).toEqual([1, 1])
  })

  it('has no more waiting for it than the limit and what it was sent at once', async () => {
    const { instance, client } = await subscribed()
    const other = await instance.connect('quick')
    await other.request({ type: 'subscribe', room: ROOM })
    client.pause()
    await publishSome(instance, 1, 1000)
    await instance.clock.settle()
    expect(other.pushes).toHaveLength(1000)
    client.resume()
    await instance.clock.settle()
    expect(client.pushes.length).toBeLessThan(15)
  })

  it('is told once if history has been too short, and goes on from there', async () => {
    const { instance, client } = await subscribed()
    client.pause()
    await publishSome(instance, 1, 20)
    client.resume()
    await instance.clock.settle()
    await publishSome(instance, 21, 22)
    await instance.clock.settle()
    const seen = seenBy(client)
    expect(seen).toEqual([
      ...upTo(3),
      {
        type: 'reset',
        room: ROOM,
        position: expect.objectContaining({ offset: 20 }) as unknown,
        reason: 'lagged',
      },
      21,
      22,
    ])
  })

  it('catches up a page at a time, and reads each before there is more', async () => {
    const { instance, client } = await subscribed({ limits: { ...LIMITS, maxReplayBytes: 400 } })
    client.pause()
    await publishSome(instance, 1, 8)
    client.resume()
    await instance.clock.settle()
    expect(seenBy(client)).toEqual(upTo(8))
  })

  it('catches up in each of its rooms', async () => {
    const { instance, client } = await subscribed({}, 'chat:2', 'chat:3')
    client.pause()
    await publishSome(instance, 1, 4)
    await publishSome(instance, 1, 2, 'chat:2')
    client.resume()
    await instance.clock.settle()
    await publishSome(instance, 1, 1, 'chat:3')
    await instance.clock.settle()
    expect([seenBy(client), seenBy(client, 'chat:2'), seenBy(client, 'chat:3')]).toEqual([
      upTo(4),
      upTo(2),
      [1],
    ])
  })

  it('gets what is published while history is read once, and behind it', async () => {
    const gate = defer()
    let isHeld = false
    const hold = (broker: Broker): Broker =>
      wrapBroker(broker, {
        read: async (...args) => {
          const slice = await broker.read(...args)
          if (isHeld) await gate.promise
          return slice
        },
      })
    const { instance, client } = await subscribed({ wrapBroker: hold })
    client.pause()
    await publishSome(instance, 1, 5)
    isHeld = true
    client.resume()
    await instance.clock.settle()
    await publishSome(instance, 6, 7)
    gate.resolve()
    await instance.clock.settle()
    expect(seenBy(client)).toEqual(upTo(7))
  })

  it('may leave the room, or the server, at any time', async () => {
    const { instance, client } = await subscribed({}, 'chat:2')
    client.pause()
    await publishSome(instance, 1, 5)
    await publishSome(instance, 1, 1, 'chat:2')
    const left = client.request({ type: 'unsubscribe', room: ROOM })
    await instance.clock.settle()
    client.resume()
    await left
    await instance.clock.settle()
    expect(seenBy(client, 'chat:2')).toEqual([1])
    expect(instance.services.hub.subscriberCount(ROOM)).toBe(0)
    client.close()
    await client.closed
    await instance.clock.settle()
    expect([instance.services.hub.roomCount, instance.logger.entries]).toEqual([0, []])
  })

  it('is not held up by a room that it subscribes to meanwhile', async () => {
    const { instance, client } = await subscribed()
    client.pause()
    await publishSome(instance, 1, 5)
    const late = client.request({ type: 'subscribe', room: 'chat:2' })
    await instance.clock.settle()
    await publishSome(instance, 1, 3, 'chat:2')
    client.resume()
    await late
    await instance.clock.settle()
    expect([seenBy(client), seenBy(client, 'chat:2')]).toEqual([upTo(5), upTo(3)])
  })

  it('is asked to subscribe again if the bus lost something meanwhile', async () => {
    const { instance, client } = await subscribed()
    client.pause()
    await publishSome(instance, 1, 5)
    const { epoch } = (await instance.services.broker.read(ROOM, { last: 0 }, null)).top
    const lost = { id: 'x', event: 'message', from: undefined, json: '{}', tag: 1, time: 0, offset: 99 }
    instance.services.hub.onPublication(ROOM, epoch, lost)
    client.resume()
    await instance.clock.settle()
    expect(seenBy(client).at(-1)).toMatchObject({ type: 'unsubscribed', code: 2000 })
  })

  it('is asked to subscribe again if history cannot be read', async () => {
    let isBroken = false
    const { instance, client } = await subscribed({
      wrapBroker: (broker) =>
        wrapBroker(broker, {
          read: (...args) => (isBroken ? Promise.reject(new Error('no')) : broker.read(...args)),
        }),
    })
    client.pause()
    await publishSome(instance, 1, 5)
    isBroken = true
    client.resume()
    await instance.clock.settle()
    expect(seenBy(client).at(-1)).toMatchObject({ type: 'unsubscribed', code: 2001 })
    expect(instance.logger.entries).toHaveLength(1)
  })

  it('is disconnected when it has lost something too often in a row', async () => {
    const { instance, client } = await subscribed()
    for (let round = 0; round < 4; round++) {
      client.pause()
      await publishSome(instance, 1 + round * 20, 20 + round * 20)
      client.resume()
      await instance.clock.settle()
    }
    expect(await client.closed).toEqual({ code: 4002, reason: 'slowConsumer' })
  })

  it('is forgiven what was long ago', async () => {
    const { instance, client } = await subscribed()
    for (let round = 0; round < 6; round++) {
      client.pause()
      await publishSome(instance, 1 + round * 20, 20 + round * 20)
      client.resume()
      await instance.clock.advanceAsync(60_000)
    }
    expect(client.isClosed).toBe(false)
  })
})
