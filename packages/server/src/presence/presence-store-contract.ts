// The guarantees of a presence store as a suite that every implementation runs.
import type { PresenceChange, PresencePosition } from '@roomcast/protocol/wire'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PresenceEntry, PresenceHandler, PresenceStore } from './presence-store.ts'

/** A store to be judged. */
export interface PresenceStoreUnderTest {
  /** Fresh, and not started. */
  readonly store: PresenceStore
  /** Frees what the harness holds; the suite has closed the store. */
  dispose?(): Promise<void>
}

interface Told {
  readonly room: string
  readonly position: PresencePosition
  readonly change: PresenceChange
}

class Recorder implements PresenceHandler {
  readonly told: Told[] = []

  onPresence(room: string, position: PresencePosition, change: PresenceChange): void {
    this.told.push({ room, position, change })
  }

  get kinds(): readonly string[] {
    return this.told.map(({ change }) => change.kind)
  }
}

const entry = (clientId: string, name = clientId, userId = 'ada'): PresenceEntry => ({
  clientId,
  userId,
  json: JSON.stringify({ name }),
})

const member = (clientId: string, name = clientId, userId = 'ada'): unknown => ({
  clientId,
  userId,
  data: { name },
})

/** Defines the tests of one implementation. */
export function definePresenceStoreContract(
  name: string,
  create: () => Promise<PresenceStoreUnderTest>,
): void {
  describe(`${name} as a PresenceStore`, () => {
    let subject: PresenceStoreUnderTest
    let store: PresenceStore
    let handler: Recorder

    beforeEach(async () => {
      subject = await create()
      store = subject.store
      handler = new Recorder()
      store.start(handler)
      await store.watch('r')
    })

    afterEach(async () => {
      await store.close()
      await subject.dispose?.()
    })

    const members = async (room = 'r'): Promise<readonly unknown[]> => (await store.snapshot(room)).members

    /** Resolves once everything up to here was told, since changes of a room come in order. */
    const toldKinds = async (): Promise<readonly string[]> => {
      await store.put('r', entry('marker'), 'marker')
      await expect.poll(() => handler.told.at(-1)?.change).toMatchObject({ member: { clientId: 'marker' } })
      return handler.kinds.slice(0, -1)
    }

    it('tells enter, update and leave with what a member tells about itself', async () => {
      await store.put('r', entry('c1', 'Ada'), 's1')
      await store.put('r', entry('c1', 'Ada L.'), 's1')
      expect(await members()).toEqual([member('c1', 'Ada L.')])
      expect(await store.remove('r', 'c1', 's1')).toBe(true)
      await expect
        .poll(() => handler.told.map(({ change }) => change))
        .toEqual([
          { kind: 'enter', member: member('c1', 'Ada') },
          { kind: 'update', member: member('c1', 'Ada L.') },
          { kind: 'leave', clientId: 'c1' },
        ])
      expect(await members()).toEqual([])
    })

    it('numbers changes from 1 without holes in one epoch, and a snapshot by its last change', async () => {
      const before = (await store.snapshot('r')).position
      expect(before.offset).toBe(0)
      await store.put('r', entry('c1'), 's1')
      await store.put('r', entry('c2'), 's2')
      await store.remove('r', 'c1', 's1')
      const { position } = await store.snapshot('r')
      await expect.poll(() => handler.told).toHaveLength(3)
      expect(handler.told.map((told) => told.position)).toEqual(
        [1, 2, 3].map((offset) => ({ epoch: before.epoch, offset })),
      )
      expect(position).toEqual({ epoch: before.epoch, offset: 3 })
    })

    it('lets a snapshot and the changes after it add up while many enter at once', async () => {
      const ids = Array.from({ length: 40 }, (_, index) => `c${index}`)
      const puts = ids.map((id) => store.put('r', entry(id), id))
      const { position, members: found } = await store.snapshot('r')
      await Promise.all(puts)
      await expect.poll(() => handler.told).toHaveLength(ids.length)
      const later = handler.told.filter((told) => told.position.offset > position.offset)
      expect(found.length + later.length).toBe(ids.length)
    })

    it('has one entry for each client, however many of one user', async () => {
      await store.put('r', entry('c1'), 's1')
      await store.put('r', entry('c2'), 's2')
      await store.put('r', entry('c3', 'Bob', 'bob'), 's3')
      expect(await members()).toEqual(
        expect.arrayContaining([member('c1'), member('c2'), member('c3', 'Bob', 'bob')]),
      )
      expect(await members()).toHaveLength(3)
    })

    it('keeps rooms apart', async () => {
      await store.put('r', entry('c1'), 's1')
      await store.put('other', entry('c1'), 's1')
      expect(await store.remove('other', 'c1', 's1')).toBe(true)
      expect(await members()).toEqual([member('c1')])
      expect(await toldKinds()).toEqual(['enter'])
    })

    describe('ownership', () => {
      it('passes to who puts the same data, in silence', async () => {
        await store.put('r', entry('c1'), 's1')
        await store.put('r', entry('c1'), 's2')
        expect(await store.remove('r', 'c1', 's1')).toBe(false)
        expect(await members()).toEqual([member('c1')])
        expect(await toldKinds()).toEqual(['enter'])
      })

      it('passes to who puts other data, with an update', async () => {
        await store.put('r', entry('c1', 'Ada'), 's1')
        await store.put('r', entry('c1', 'Ada L.'), 's2')
        expect(await store.remove('r', 'c1', 's1')).toBe(false)
        expect(await store.remove('r', 'c1', 's2')).toBe(true)
        expect(await toldKinds()).toEqual(['enter', 'update', 'leave'])
      })

      it('lets an entry be removed once', async () => {
        await store.put('r', entry('c1'), 's1')
        const removed = await Promise.all([
          store.remove('r', 'c1', 's1'),
          store.remove('r', 'c1', 's1'),
          store.remove('r', 'c2', 's1'),
        ])
        expect(removed.filter(Boolean)).toHaveLength(1)
        expect(await toldKinds()).toEqual(['enter', 'leave'])
      })
    })

    describe('update', () => {
      it('replaces the data of an entry that is there', async () => {
        await store.put('r', entry('c1', 'Ada'), 's1')
        expect(await store.update('r', entry('c1', 'Ada L.'), 's1')).toBe(true)
        expect(await store.update('r', entry('c1', 'Ada L.'), 's1')).toBe(true)
        expect(await members()).toEqual([member('c1', 'Ada L.')])
        expect(await toldKinds()).toEqual(['enter', 'update'])
      })

      it('brings nobody in who is not there, or no longer', async () => {
        expect(await store.update('r', entry('c1'), 's1')).toBe(false)
        await store.put('r', entry('c1'), 's1')
        await store.remove('r', 'c1', 's1')
        expect(await store.update('r', entry('c1'), 's1')).toBe(false)
        expect(await members()).toEqual([])
      })

      it('is for the owner: a session that was replaced changes nothing', async () => {
        await store.put('r', entry('c1', 'Ada'), 's1')
        await store.put('r', entry('c1', 'Ada'), 's2')
        expect(await store.update('r', entry('c1', 'Old'), 's1')).toBe(false)
        expect(await members()).toEqual([member('c1', 'Ada')])
      })
    })

    it('tells nothing of rooms that are not watched, nor of those that no longer are', async () => {
      await store.watch('left')
      await store.unwatch('left')
      await store.put('left', entry('c1'), 's1')
      await store.put('never', entry('c1'), 's1')
      expect(await toldKinds()).toEqual([])
      expect(await members('never')).toEqual([member('c1')])
    })
  })
}
