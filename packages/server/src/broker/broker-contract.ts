// The guarantees of a broker as a suite that every implementation runs.
import type { Position } from '@roomcast/protocol/wire'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type {
  Broker,
  BrokerHandler,
  Draft,
  PublishOptions,
  Retention,
  Signal,
  StoredPublication,
} from './broker.ts'

/** A broker to be judged. */
export interface BrokerUnderTest {
  /** Fresh, and not started. */
  readonly broker: Broker
  /** Lets time pass on the broker's clock. */
  advance(ms: number): Promise<void>
  /** Frees what the harness holds; the suite has closed the broker. */
  dispose?(): Promise<void>
}

const RETENTION = { maxItems: 3, ttlMs: 1_000 }
const DEDUPE_WINDOW_MS = 1_000
/** Long enough for the age and the window above to be over. */
const LONG_MS = 1_500

interface Delivered {
  readonly room: string
  readonly epoch: string
  readonly publication: StoredPublication
}

class Recorder implements BrokerHandler {
  readonly publications: Delivered[] = []
  readonly signals: { readonly room: string; readonly signal: Signal }[] = []

  onPublication(room: string, epoch: string, publication: StoredPublication): void {
    this.publications.push({ room, epoch, publication })
  }

  onSignal(room: string, signal: Signal): void {
    this.signals.push({ room, signal })
  }

  offsets(room: string): readonly number[] {
    return this.publications
      .filter((delivered) => delivered.room === room)
      .map(({ publication }) => publication.offset)
  }
}

const draft = (id: string, from: Draft['from'] = { userId: 'ada', clientId: 'c1' }): Draft => ({
  id,
  event: 'message',
  from,
  json: JSON.stringify({ id }),
})

/** Defines the tests of one implementation. */
export function defineBrokerContract(name: string, create: () => Promise<BrokerUnderTest>): void {
  describe(`${name} as a Broker`, () => {
    let subject: BrokerUnderTest
    let broker: Broker
    let handler: Recorder

    beforeEach(async () => {
      subject = await create()
      broker = subject.broker
      handler = new Recorder()
      broker.start(handler)
    })

    afterEach(async () => {
      await broker.close()
      await subject.dispose?.()
    })

    const publish = async (
      room: string,
      id: string,
      options: { from?: Draft['from']; retention?: Retention } = {},
    ): Promise<Position> => {
      const { position } = await broker.publish(room, draft(id, options.from), optionsWith(options.retention))
      return position
    }

    const publishAll = async (room: string, ids: readonly string[]): Promise<Position[]> => {
      const positions: Position[] = []
      for (const id of ids) positions.push(await publish(room, id))
      return positions
    }

    const idsSince = async (since: Position): Promise<readonly string[]> =>
      (await broker.read('r', { since }, RETENTION)).items.map(({ id }) => id)

    describe('numbering', () => {
      it('counts from 1 in each room, in one epoch, with tags of 32 bits', async () => {
        const positions = await publishAll('r', ['a', 'b', 'c'])
        expect(positions.map(({ offset }) => offset)).toEqual([1, 2, 3])
        expect(new Set(positions.map(({ epoch }) => epoch)).size).toBe(1)
        for (const { tag } of positions) expect(tag >>> 0).toBe(tag)
        expect((await publish('other', 'a')).offset).toBe(1)
      })

      it('gives concurrent publishes consecutive offsets and delivers them in that order', async () => {
        await broker.subscribe('r')
        const ids = Array.from({ length: 50 }, (_, index) => `p${index}`)
        const positions = await Promise.all(ids.map((id) => publish('r', id)))
        const expected = ids.map((_, index) => index + 1)
        expect(positions.map(({ offset }) => offset).sort((a, b) => a - b)).toEqual(expected)
        await expect.poll(() => handler.offsets('r')).toEqual(expected)
      })

      it('numbers also what it does not keep', async () => {
        await publish('r', 'a', { retention: null })
        expect(await publish('r', 'b', { retention: null })).toMatchObject({ offset: 2 })
      })
    })

    describe('idempotency', () => {
      it('appends one id of one publisher once and returns the first position again', async () => {
        await broker.subscribe('r')
        const first = await broker.publish('r', draft('a'), optionsWith())
        const second = await broker.publish('r', draft('a'), optionsWith())
        expect(first.duplicate).toBe(false)
        expect(second).toEqual({ position: first.position, duplicate: true })
        await publish('r', 'b')
        await expect.poll(() => handler.offsets('r')).toEqual([1, 2])
      })

      it('appends once when both attempts are under way at the same time', async () => {
        const results = await Promise.all([
          broker.publish('r', draft('a'), optionsWith()),
          broker.publish('r', draft('a'), optionsWith()),
        ])
        expect(results.map(({ position }) => position.offset)).toEqual([1, 1])
        expect(results.filter(({ duplicate }) => duplicate)).toHaveLength(1)
      })

      it('keeps rooms, users, clients and the server apart', async () => {
        expect((await publish('r', 'a', { from: { userId: 'ada', clientId: 'c1' } })).offset).toBe(1)
        expect((await publish('r', 'a', { from: { userId: 'ada', clientId: 'c2' } })).offset).toBe(2)
        expect((await publish('r', 'a', { from: { userId: 'bob', clientId: 'c1' } })).offset).toBe(3)
        expect((await broker.publish('r', draft('b', undefined), optionsWith())).position.offset).toBe(4)
        expect((await broker.publish('r', draft('b', undefined), optionsWith())).duplicate).toBe(true)
        expect((await publish('other', 'a')).offset).toBe(1)
      })

      it('forgets an id after the window', async () => {
        await publish('r', 'a')
        await subject.advance(LONG_MS)
        expect(await broker.publish('r', draft('a'), optionsWith())).toMatchObject({
          position: { offset: 2 },
          duplicate: false,
        })
      })
    })

    describe('delivery', () => {
      it('hands over what was published, with its place and the time', async () => {
        await broker.subscribe('r')
        const { epoch, offset, tag } = await publish('r', 'a')
        await expect.poll(() => handler.publications).toHaveLength(1)
        expect(handler.publications[0]).toMatchObject({
          room: 'r',
          epoch,
          publication: { ...draft('a'), offset, tag },
        })
        expect(handler.publications[0]?.publication.time).toBeGreaterThan(0)
      })

      it('hands over nothing of rooms that are not subscribed, nor of those that no longer are', async () => {
        await broker.subscribe('r')
        await broker.subscribe('marker')
        await broker.unsubscribe('r')
        await publish('r', 'a')
        await publish('never', 'a')
        await broker.signal('r', signalOf('a'))
        await publish('marker', 'a')
        await expect.poll(() => handler.offsets('marker')).toEqual([1])
        expect(handler.publications).toHaveLength(1)
        expect(handler.signals).toEqual([])
      })

      it('hands over everything again after a room was subscribed again', async () => {
        await broker.subscribe('r')
        await broker.unsubscribe('r')
        await publish('r', 'a')
        await broker.subscribe('r')
        await publish('r', 'b')
        await expect.poll(() => handler.offsets('r')).toEqual([2])
      })

      it('sends signals on and neither numbers nor keeps them', async () => {
        await broker.subscribe('r')
        await broker.signal('r', signalOf('s'))
        await expect.poll(() => handler.signals).toEqual([{ room: 'r', signal: signalOf('s') }])
        expect(await broker.read('r', { last: 10 }, RETENTION)).toMatchObject({
          top: { offset: 0 },
          items: [],
        })
      })
    })

    describe('reading since a position', () => {
      it('returns everything after it, from each place that is kept and from just before', async () => {
        const start = (await broker.read('r', { last: 0 }, RETENTION)).top
        const positions = [start, ...(await publishAll('r', ['a', 'b', 'c']))]
        for (const [index, since] of positions.entries()) {
          const slice = await broker.read('r', { since }, RETENTION)
          expect(slice).toMatchObject({ base: since, top: positions[3] })
          expect(slice.unrecovered).toBeUndefined()
          expect(slice.items.map(({ id }) => id)).toEqual(['a', 'b', 'c'].slice(index))
        }
      })

      it('is expired once the first item after it was dropped, because newer ones took its place', async () => {
        const positions = await publishAll('r', ['a', 'b', 'c', 'd', 'e'])
        expect(await idsSince(positions[1]!)).toEqual(['c', 'd', 'e'])
        expect(await broker.read('r', { since: positions[0]! }, RETENTION)).toMatchObject({
          items: [],
          unrecovered: 'expired',
        })
      })

      it('is expired once the first item after it is too old, and the top is not', async () => {
        const [first, last] = await publishAll('r', ['a', 'b'])
        await subject.advance(LONG_MS)
        expect(await broker.read('r', { since: first! }, RETENTION)).toMatchObject({
          items: [],
          unrecovered: 'expired',
        })
        const slice = await broker.read('r', { since: last! }, RETENTION)
        expect(slice).toEqual({ base: last, top: last, items: [] })
      })

      it('continues from the top of a room that keeps nothing, and from nowhere else', async () => {
        const first = await publish('r', 'a', { retention: null })
        const last = await publish('r', 'b', { retention: null })
        expect(await broker.read('r', { since: last }, null)).toEqual({ base: last, top: last, items: [] })
        expect(await broker.read('r', { since: first }, null)).toMatchObject({ unrecovered: 'expired' })
      })

      it('continues from the beginning of a room in which nothing has happened', async () => {
        const { top } = await broker.read('r', { last: 0 }, RETENTION)
        expect(top).toMatchObject({ offset: 0, tag: 0 })
        expect(await broker.read('r', { since: top }, RETENTION)).toEqual({ base: top, top, items: [] })
        expect((await publish('r', 'a')).epoch).toBe(top.epoch)
      })

      it('tells a position of another epoch, one that was overtaken, and one that is yet to come', async () => {
        const [first, last] = await publishAll('r', ['a', 'b'])
        const reasonFor = async (since: Position): Promise<unknown> => {
          const slice = await broker.read('r', { since }, RETENTION)
          expect(slice).toMatchObject({ base: last, top: last, items: [] })
          return slice.unrecovered
        }
        expect(await reasonFor({ ...first!, epoch: 'another' })).toBe('epochChanged')
        expect(await reasonFor({ ...first!, tag: first!.tag ^ 1 })).toBe('forked')
        expect(await reasonFor({ ...last!, tag: last!.tag ^ 1 })).toBe('forked')
        expect(await reasonFor({ ...last!, offset: 3 })).toBe('forked')
      })
    })

    describe('reading the last', () => {
      it('returns at most as many as asked for and kept, and the place just before them', async () => {
        const positions = await publishAll('r', ['a', 'b', 'c', 'd'])
        const read = async (last: number): Promise<unknown> => {
          const { base, top, items } = await broker.read('r', { last }, RETENTION)
          expect(top).toEqual(positions[3])
          return [base, items.map(({ id }) => id)]
        }
        expect(await read(0)).toEqual([positions[3], []])
        expect(await read(1)).toEqual([positions[2], ['d']])
        expect(await read(3)).toEqual([positions[0], ['b', 'c', 'd']])
        expect(await read(100)).toEqual([positions[0], ['b', 'c', 'd']])
      })

      it('never returns what is too old', async () => {
        await publish('r', 'a')
        await subject.advance(LONG_MS)
        const last = await publish('r', 'b')
        const slice = await broker.read('r', { last: 10 }, RETENTION)
        expect(slice).toMatchObject({ base: { offset: 1 }, top: last })
        expect(slice.items.map(({ id }) => id)).toEqual(['b'])
      })
    })

    it('rejects publishes as unavailable and not applied once it is closed', async () => {
      await broker.close()
      await expect(publish('r', 'a')).rejects.toMatchObject({
        code: 'unavailable',
        temporary: true,
        outcome: 'notApplied',
      })
    })
  })
}

const optionsWith = (retention: Retention = RETENTION): PublishOptions => ({
  retention,
  dedupeWindowMs: DEDUPE_WINDOW_MS,
})

const signalOf = (json: string): Signal => ({
  signal: 'typing',
  from: { userId: 'ada', clientId: 'c1' },
  json: JSON.stringify(json),
})
