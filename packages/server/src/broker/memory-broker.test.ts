import { describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { defineBrokerContract } from './broker-contract.ts'
import { MemoryBroker } from './memory-broker.ts'

const create = (idleStreamMs?: number): { broker: MemoryBroker; clock: FakeClock } => {
  const clock = new FakeClock(1_700_000_000_000)
  const random = new SeededRandom(1)
  return { clock, broker: new MemoryBroker({ clock, random, ...(idleStreamMs && { idleStreamMs }) }) }
}

defineBrokerContract('MemoryBroker', async () => {
  const { broker, clock } = create()
  return { broker, advance: (ms) => clock.advanceAsync(ms) }
})

describe('MemoryBroker', () => {
  const IDLE_MS = 100_000
  const draft = { id: 'a', event: 'message', from: undefined, json: '1' }
  const ignore = { onPublication: () => {}, onSignal: () => {} }

  /** A room with one publication, left alone for a long time. */
  async function isEpochKept(options: { historyMs: number; isSubscribed?: boolean }): Promise<boolean> {
    const { broker, clock } = create(IDLE_MS)
    const retention = { maxItems: 1, ttlMs: options.historyMs }
    broker.start(ignore)
    if (options.isSubscribed) await broker.subscribe('r')
    const { position } = broker.publish('r', draft, { retention, dedupeWindowMs: 1_000 })
    clock.advance(2 * IDLE_MS)
    const { top } = await broker.read('r', { last: 0 }, retention)
    return top.epoch === position.epoch
  }

  it('begins a stream anew that nobody used for the idle time', async () => {
    expect(await isEpochKept({ historyMs: 1_000 })).toBe(false)
  })

  it('keeps the stream of a room that is subscribed', async () => {
    expect(await isEpochKept({ historyMs: 1_000, isSubscribed: true })).toBe(true)
  })

  it('keeps a stream for as long as its history', async () => {
    expect(await isEpochKept({ historyMs: 10 * IDLE_MS })).toBe(true)
  })

  it('leaves no timer behind when it is closed', async () => {
    const { broker, clock } = create()
    broker.start(ignore)
    expect(clock.timerCount).toBe(1)
    await broker.close()
    expect(clock.timerCount).toBe(0)
  })
})

describe('a MemoryBroker with as many streams as it remembers', () => {
  it('forgets the one that was used longest ago and that nobody is subscribed to', async () => {
    const broker = new MemoryBroker({
      clock: new FakeClock(1_000),
      random: new SeededRandom(1),
      maxStreams: 3,
    })
    const epochOf = async (room: string): Promise<string> =>
      (await broker.read(room, { last: 0 }, null)).top.epoch
    await broker.subscribe('subscribed')
    const [kept, used, left] = [await epochOf('subscribed'), await epochOf('used'), await epochOf('left')]
    expect(await epochOf('used')).toBe(used)
    await epochOf('new')
    expect(await epochOf('subscribed')).toBe(kept)
    expect(await epochOf('used')).toBe(used)
    expect(await epochOf('left')).not.toBe(left)
  })
})

describe('a MemoryBroker with as many publish ids of a room as it remembers', () => {
  it('takes a retry of an older one for a publish of its own, and of others for what they are', () => {
    const broker = new MemoryBroker({
      clock: new FakeClock(1_000),
      random: new SeededRandom(1),
      maxResultsPerRoom: 2,
    })
    const publish = (room: string, id: string): boolean =>
      broker.publish(
        room,
        { id, event: 'message', from: undefined, json: '1' },
        { retention: null, dedupeWindowMs: 1_000 },
      ).duplicate
    for (const id of ['a', 'b', 'c']) expect(publish('r', id)).toBe(false)
    expect(publish('other', 'd')).toBe(false)
    expect(publish('r', 'c')).toBe(true)
    expect(publish('r', 'a')).toBe(false)
  })
})
