import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../testing/seeded-random.ts'
import { MemoryPresenceStore } from './memory-presence-store.ts'
import { definePresenceStoreContract } from './presence-store-contract.ts'

const create = (): MemoryPresenceStore => new MemoryPresenceStore({ random: new SeededRandom(1) })

definePresenceStoreContract('MemoryPresenceStore', async () => ({ store: create() }))

describe('MemoryPresenceStore', () => {
  const entry = { clientId: 'c1', userId: 'ada', json: '{}' }

  it('keeps the epoch of a room that is watched, also while nobody is in it', async () => {
    const store = create()
    await store.watch('r')
    const { position } = await store.snapshot('r')
    await store.put('r', entry, 's1')
    await store.remove('r', 'c1', 's1')
    expect((await store.snapshot('r')).position).toEqual({ epoch: position.epoch, offset: 2 })
  })

  it('forgets a room that nobody watches once it is empty, and says so with another epoch', async () => {
    const store = create()
    await store.put('r', entry, 's1')
    const { position } = await store.snapshot('r')
    await store.remove('r', 'c1', 's1')
    expect((await store.snapshot('r')).position.epoch).not.toBe(position.epoch)
  })

  it('keeps nothing of a room that was only looked at', async () => {
    const store = create()
    const { position } = await store.snapshot('r')
    expect((await store.snapshot('r')).position.epoch).not.toBe(position.epoch)
  })
})
