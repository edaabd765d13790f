import type { ResumeProof } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { ResumeStore } from './resume-store.ts'

const TTL_MS = 1_000
const MAX_CLIENTS = 3

function create(): { store: ResumeStore; clock: FakeClock } {
  const clock = new FakeClock()
  const random = new SeededRandom(1)
  return { clock, store: new ResumeStore({ clock, random, ttlMs: TTL_MS, maxClients: MAX_CLIENTS }) }
}

/** A client that was connected and is away. */
function visit(store: ResumeStore, proof?: ResumeProof): ResumeProof {
  const claimed = store.claim('ada', proof)
  store.leave(claimed.clientId)
  return claimed
}

describe('ResumeStore', () => {
  it('begins a new client without a proof, each with an id and a secret of its own', () => {
    const { store } = create()
    const [first, second] = [store.claim('ada', undefined), store.claim('ada', undefined)]
    expect(first.clientId).not.toBe(second.clientId)
    expect(first.secret).not.toBe(second.secret)
    expect(Buffer.from(first.secret, 'base64url')).toHaveLength(16)
  })

  it('continues a client that proves itself, with a new secret', () => {
    const { store } = create()
    const first = visit(store)
    const second = visit(store, first)
    expect(second.clientId).toBe(first.clientId)
    expect(second.secret).not.toBe(first.secret)
    expect(visit(store, second).clientId).toBe(first.clientId)
    expect(store.size).toBe(1)
  })

  it('takes the secret before the newest again and again, since the reply with the newest may be lost', () => {
    const { store } = create()
    const first = visit(store)
    visit(store, first)
    visit(store, first)
    expect(visit(store, first).clientId).toBe(first.clientId)
  })

  it('takes no secret that is older, because its successor has been used', () => {
    const { store } = create()
    const first = visit(store)
    const second = visit(store, first)
    visit(store, second)
    expect(visit(store, first).clientId).not.toBe(first.clientId)
  })

  it.each([
    ['another user', 'bob', {}],
    ['a wrong secret', 'ada', { secret: 'x'.repeat(22) }],
    ['an empty secret', 'ada', { secret: '' }],
    ['an unknown client', 'ada', { clientId: 'unknown' }],
    ['a client named __proto__', 'ada', { clientId: '__proto__' }],
  ])('begins a new client for %s, and the old one stays as it was', (_name, userId, change) => {
    const { store } = create()
    const first = visit(store)
    expect(store.claim(userId, { ...first, ...change }).clientId).not.toBe(first.clientId)
    expect(store.claim('ada', first).clientId).toBe(first.clientId)
  })

  it('forgets a client that has been away for too long', () => {
    const { store, clock } = create()
    const [late, inTime] = [visit(store), visit(store)]
    clock.advance(TTL_MS - 1)
    expect(visit(store, inTime).clientId).toBe(inTime.clientId)
    clock.advance(1)
    expect(visit(store, late).clientId).not.toBe(late.clientId)
  })

  it('remembers a client for as long as it is connected, whoever comes and goes', () => {
    const { store, clock } = create()
    const staying = store.claim('ada', undefined)
    for (let visits = 0; visits < 10; visits++) {
      clock.advance(TTL_MS)
      visit(store)
    }
    store.leave(staying.clientId)
    clock.advance(TTL_MS - 1)
    expect(visit(store, staying).clientId).toBe(staying.clientId)
  })

  it('counts a client as there until its last connection is gone', () => {
    const { store, clock } = create()
    const first = store.claim('ada', undefined)
    const second = store.claim('ada', first)
    store.leave(first.clientId)
    clock.advance(10 * TTL_MS)
    visit(store)
    expect(store.claim('ada', second).clientId).toBe(first.clientId)
  })

  it('remembers only so many that are away, those that left last', () => {
    const { store } = create()
    const clients = Array.from({ length: MAX_CLIENTS + 1 }, () => visit(store))
    expect(store.size).toBe(MAX_CLIENTS)
    expect(visit(store, clients.at(-1)).clientId).toBe(clients.at(-1)?.clientId)
    expect(visit(store, clients[0]).clientId).not.toBe(clients[0]?.clientId)
  })

  it('ignores the leaving of a client that is not there', () => {
    const { store } = create()
    store.leave('unknown')
    expect(store.size).toBe(0)
  })
})
