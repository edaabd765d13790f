import { setImmediate as nextTurn } from 'node:timers/promises'
import { jsonCodec, type Position } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import type { Broker } from '../broker/broker.ts'
import { MemoryBroker } from '../broker/memory-broker.ts'
import { MemoryPresenceStore } from '../presence/memory-presence-store.ts'
import { MemoryTransport } from '../transport/memory-transport.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { wrapBroker } from '../testing/wrap-broker.ts'
import { Hub } from './hub.ts'
import type { SharedMessage } from './shared-message.ts'
import type { Subscriber, Watcher } from './subscriber.ts'

class Recorder implements Subscriber, Watcher {
  readonly seen: unknown[] = []
  readonly transport: MemoryTransport

  constructor() {
    const { server, client } = MemoryTransport.pair({ codec: jsonCodec, network: (arrive) => arrive() })
    this.transport = server
    client.start({ message: (payload) => this.seen.push(jsonCodec.decode(payload)), close: () => {} })
  }

  publication(_at: Position, message: SharedMessage): void {
    this.#keep(message)
  }

  presence(message: SharedMessage): void {
    this.#keep(message)
  }

  interrupted(): void {
    this.seen.push('interrupted')
  }

  #keep(message: SharedMessage): void {
    this.seen.push(jsonCodec.decode(message.in(jsonCodec).payload))
  }
}

function createHub(wrap: (broker: Broker) => Broker = (broker) => broker): {
  hub: Hub
  broker: Broker
  presence: MemoryPresenceStore
} {
  const random = new SeededRandom(1)
  const broker = wrap(new MemoryBroker({ clock: new FakeClock(), random }))
  const presence = new MemoryPresenceStore({ random })
  const hub = new Hub(broker, presence)
  broker.start(hub)
  presence.start(hub)
  return { hub, broker, presence }
}

const publish = async (broker: Broker, room: string, id: string): Promise<unknown> =>
  await broker.publish(
    room,
    { id, event: 'message', from: { userId: 'ada', clientId: 'c1' }, json: '1' },
    { retention: null, dedupeWindowMs: 1_000 },
  )

/** Where a room's stream begins. */
const startOf = async (broker: Broker, room: string): Promise<Position> =>
  (await broker.read(room, { last: 0 }, null)).top

describe('Hub', () => {
  it('delivers the publications and signals of a room to those who joined it', async () => {
    const { hub, broker } = createHub()
    const [inside, outside] = [new Recorder(), new Recorder()]
    await Promise.all([hub.join('a', inside), hub.join('b', outside)])
    hub.goLive('a', inside, await startOf(broker, 'a'))
    hub.goLive('b', outside, await startOf(broker, 'b'))
    await publish(broker, 'a', 'p1')
    await broker.signal('a', { signal: 'typing', from: undefined, json: 'true' })
    expect(inside.seen).toMatchObject([
      { type: 'publication', room: 'a', id: 'p1', from: { userId: 'ada', clientId: 'c1' }, data: 1 },
      { type: 'signal', room: 'a', signal: 'typing', data: true },
    ])
    expect(outside.seen).toEqual([])
  })

  it('delivers nothing to who has left, and keeps nothing of an empty room', async () => {
    const { hub, broker } = createHub()
    const subscriber = new Recorder()
    await hub.join('a', subscriber)
    hub.goLive('a', subscriber, await startOf(broker, 'a'))
    expect([hub.roomCount, hub.subscriberCount('a')]).toEqual([1, 1])
    hub.leave('a', subscriber)
    await publish(broker, 'a', 'p1')
    expect(subscriber.seen).toEqual([])
    expect([hub.roomCount, hub.subscriberCount('a')]).toEqual([0, 0])
  })

  it('subscribes to the broker once for all, and unsubscribes with the last', async () => {
    const calls: string[] = []
    const { hub } = createHub((broker) =>
      wrapBroker(broker, {
        subscribe: async (room) => void calls.push(`+${room}`),
        unsubscribe: async (room) => void calls.push(`-${room}`),
      }),
    )
    const [first, second] = [new Recorder(), new Recorder()]
    await Promise.all([hub.join('a', first), hub.join('a', second)])
    hub.leave('a', first)
    await nextTurn()
    expect(calls).toEqual(['+a'])
    hub.leave('a', second)
    await expect.poll(() => calls).toEqual(['+a', '-a'])
  })

  it('rejects a join that the broker refused; leaving undoes it', async () => {
    const { hub } = createHub((broker) =>
      wrapBroker(broker, { subscribe: () => Promise.reject(new Error('down')) }),
    )
    const subscriber = new Recorder()
    await expect(hub.join('a', subscriber)).rejects.toThrow('down')
    hub.leave('a', subscriber)
    expect(hub.roomCount).toBe(0)
  })

  it('unsubscribes after an interruption once all have left', async () => {
    const unsubscribed: string[] = []
    const { hub } = createHub((broker) =>
      wrapBroker(broker, { unsubscribe: async (room) => void unsubscribed.push(room) }),
    )
    const subscriber = new Recorder()
    await hub.join('a', subscriber)
    const item = { id: 'p', event: 'message', from: undefined, json: '1', tag: 0, time: 0 }
    hub.onPublication('a', 'e', { ...item, offset: 1 })
    hub.onPublication('a', 'e', { ...item, offset: 3 })
    expect(subscriber.seen.at(-1)).toBe('interrupted')
    hub.leave('a', subscriber)
    await expect.poll(() => unsubscribed).toEqual(['a'])
    expect(hub.roomCount).toBe(0)
  })

  it('delivers the changes of presence to watchers only', async () => {
    const { hub, presence } = createHub()
    const [watcher, subscriber] = [new Recorder(), new Recorder()]
    await Promise.all([hub.watch('a', watcher), hub.join('a', subscriber)])
    await presence.put('a', { clientId: 'c1', userId: 'ada', json: '{}' }, 's1')
    hub.unwatch('a', watcher)
    await presence.remove('a', 'c1', 's1')
    expect(watcher.seen).toMatchObject([
      { type: 'presence', room: 'a', position: { offset: 1 }, change: { kind: 'enter' } },
    ])
    expect(subscriber.seen).toEqual([])
  })
})
