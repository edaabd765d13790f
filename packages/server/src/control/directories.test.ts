import { describe, expect, it } from 'vitest'
import type { AnswerTo, ControlBus, ControlOrder, ControlReport } from './control-bus.ts'
import { RoomDirectory } from './room-directory.ts'
import { SessionDirectory } from './session-directory.ts'

/** A bus whose instances answer as told. */
function busOf(...answers: unknown[]): { bus: ControlBus; orders: ControlOrder[] } {
  const orders: ControlOrder[] = []
  const bus: ControlBus = {
    start: () => {},
    order: <Order extends ControlOrder>(order: Order) => {
      orders.push(order)
      return Promise.resolve({ answers, missing: ['gone'] } as unknown as ControlReport<AnswerTo<Order>>)
    },
    close: () => Promise.resolve(),
  }
  return { bus, orders }
}

const summary = (id: string) => ({ id, userId: 'ada', clientId: `client ${id}`, rooms: [] })

describe('SessionDirectory', () => {
  it('lists what the instances answer as one list, of a length that was asked for', async () => {
    const { bus, orders } = busOf(
      { total: 5, items: [summary('1'), summary('2')] },
      { total: 1, items: [summary('3')] },
    )
    const sessions = new SessionDirectory(bus)
    expect(await sessions.list({ userId: 'ada' }, { limit: 2 })).toEqual({
      total: 6,
      items: [summary('1'), summary('2')],
      missing: ['gone'],
    })
    expect(await sessions.count()).toBe(6)
    expect(orders).toEqual([
      { kind: 'listSessions', filter: { userId: 'ada' }, limit: 2 },
      { kind: 'listSessions', filter: {}, limit: 0 },
    ])
  })

  it('adds up how many were concerned', async () => {
    const { bus, orders } = busOf(2, 0, 1)
    const sessions = new SessionDirectory(bus)
    expect(await sessions.disconnect({ userId: 'ada' })).toEqual({ sessions: 3, missing: ['gone'] })
    expect(await sessions.disconnect({ sessionId: '1' }, { code: 4300, reason: 'later' })).toMatchObject({
      sessions: 3,
    })
    expect(await sessions.unsubscribe({ userId: 'ada' }, 'chat:1')).toMatchObject({ sessions: 3 })
    expect(orders).toEqual([
      { kind: 'disconnect', filter: { userId: 'ada' }, code: 4506, reason: 'disconnected' },
      { kind: 'disconnect', filter: { sessionId: '1' }, code: 4300, reason: 'later' },
      { kind: 'unsubscribe', filter: { userId: 'ada' }, room: 'chat:1' },
    ])
  })

  it.each([{}, { userId: undefined }])('does nothing to everybody by mistake: %j', async (filter) => {
    const { bus, orders } = busOf(0)
    const sessions = new SessionDirectory(bus)
    await expect(sessions.disconnect(filter)).rejects.toThrow(TypeError)
    await expect(sessions.unsubscribe(filter, 'chat:1')).rejects.toThrow(TypeError)
    expect(orders).toEqual([])
  })

  it('refuses conditions that it does not know', async () => {
    const sessions = new SessionDirectory(busOf(0).bus)
    const misspelt = { userID: 'ada', userId: 'ada' }
    await expect(sessions.disconnect(misspelt)).rejects.toThrow('no option "userID"')
    await expect(sessions.list(misspelt)).rejects.toThrow('no option "userID"')
    await expect(sessions.list({}, { limit: -1 })).rejects.toThrow('limit')
  })

  it.each([1000, 1012, 4000, 4249, 4500, 4749, 5000, 4300.5, NaN])('refuses the code %d', async (code) => {
    const sessions = new SessionDirectory(busOf(0).bus)
    await expect(sessions.disconnect({ userId: 'ada' }, { code })).rejects.toThrow(RangeError)
  })

  it('refuses a reason that no Close frame can hold', async () => {
    const sessions = new SessionDirectory(busOf(0).bus)
    await expect(sessions.disconnect({ userId: 'ada' }, { reason: 'é'.repeat(62) })).rejects.toThrow(
      RangeError,
    )
  })
})

describe('RoomDirectory', () => {
  it('has a room that several instances serve once, with all its subscribers', async () => {
    const room = (name: string, subscribers: number) => ({ name, pattern: 'chat:{roomId}', subscribers })
    const { bus, orders } = busOf(
      { total: 2, items: [room('chat:1', 3), room('chat:2', 1)] },
      { total: 1, items: [room('chat:1', 4)] },
    )
    const rooms = new RoomDirectory(bus)
    expect(await rooms.list({ pattern: 'chat:{roomId}', limit: 10 })).toEqual({
      total: 3,
      items: [room('chat:1', 7), room('chat:2', 1)],
      missing: ['gone'],
    })
    expect(orders).toEqual([{ kind: 'listRooms', pattern: 'chat:{roomId}', limit: 10 }])
  })
})
