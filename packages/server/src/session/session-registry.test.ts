import { describe, expect, it } from 'vitest'
import { SessionRegistry, type RegisteredSession } from './session-registry.ts'

/** A session that does nothing. */
function session(
  id: string,
  userId: string,
  clientId = `client of ${id}`,
  rooms: string[] = [],
): RegisteredSession {
  return {
    seat: -1,
    info: { id, userId, clientId, identity: { userId } },
    isClosed: false,
    rooms,
    isIn: (room) => rooms.includes(room),
    expel: () => false,
    disconnect: () => {},
    disconnectWith: () => {},
    sendAway: () => {},
  }
}

function registryOf(...sessions: RegisteredSession[]): SessionRegistry {
  const registry = new SessionRegistry()
  for (const each of sessions) {
    registry.opened(each)
    registry.connected(each)
  }
  return registry
}

describe('SessionRegistry', () => {
  const [one, two, bob] = [
    session('1', 'ada', 'laptop', ['chat:1']),
    session('2', 'ada', 'phone', ['chat:1', 'chat:2']),
    session('3', 'bob'),
  ]

  it.each([
    [{}, ['1', '2', '3']],
    [{ userId: 'ada' }, ['1', '2']],
    [{ clientId: 'phone' }, ['2']],
    [{ sessionId: '3' }, ['3']],
    [{ room: 'chat:2' }, ['2']],
    [{ userId: 'ada', room: 'chat:1' }, ['1', '2']],
    [{ userId: 'bob', sessionId: '1' }, []],
    [{ clientId: 'laptop', sessionId: '2' }, []],
    [{ userId: 'nobody' }, []],
    [{ sessionId: '__proto__' }, []],
  ])('finds those for which all of %j holds', (filter, ids) => {
    const found = registryOf(one, two, bob).find(filter)
    expect(found.map(({ info }) => info?.id).sort()).toEqual(ids)
  })

  it('names the session that a new one of the same client replaces, and forgets each by itself', () => {
    const registry = new SessionRegistry()
    const [before, after] = [session('1', 'ada', 'laptop'), session('2', 'ada', 'laptop')]
    registry.opened(before)
    expect(registry.connected(before)).toBeUndefined()
    registry.opened(after)
    expect(registry.connected(after)).toBe(before)
    registry.closed(before)
    expect(registry.find({ clientId: 'laptop' })).toEqual([after])
    expect(registry.find({ userId: 'ada' })).toEqual([after])
    registry.closed(after)
    expect([registry.size, registry.find({}).length, registry.ofUser('ada').length]).toEqual([0, 0, 0])
  })

  it('counts those that have not connected, and does not find them', () => {
    const registry = new SessionRegistry()
    const opening = { ...session('1', 'ada'), info: undefined }
    registry.opened(opening)
    expect([registry.size, registry.find({}).length]).toEqual([1, 0])
    registry.closed(opening)
    expect(registry.size).toBe(0)
  })

  it('says when the last has gone', async () => {
    const registry = registryOf(one, two)
    let isEmpty = false
    const empty = registry.whenEmpty().then(() => (isEmpty = true))
    registry.closed(one)
    await Promise.resolve()
    expect(isEmpty).toBe(false)
    registry.closed(two)
    await empty
    await registry.whenEmpty()
  })
})
