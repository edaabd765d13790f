import { describe, expect, it } from 'vitest'
import { TestInstance } from '../testing/test-instance.ts'
import { type AnyHandlers, Authorizer } from './authorizer.ts'
import type { SessionInfo } from './handlers.ts'
import { RoomFactory } from './room-factory.ts'

const session: SessionInfo = { id: 's1', userId: 'ada', clientId: 'c1', identity: { userId: 'ada' } }

function create(handlers?: AnyHandlers) {
  const { services, logger } = new TestInstance()
  const { broker, presence, random, router } = services
  const rooms = new RoomFactory({ broker, presence, random, dedupeWindowMs: 1_000 })
  const authorizer = new Authorizer(rooms, logger)
  if (handlers) authorizer.register('chat:{roomId}', handlers)
  return { authorizer, logger, route: router.route('chat:42')! }
}

describe('Authorizer', () => {
  it('refuses what has no handlers', async () => {
    const { authorizer, route } = create()
    expect(await authorizer.canSubscribe(session, route)).toBe('refused')
    expect(await authorizer.canPublish(session, route, 'message', {})).toBe('refused')
  })

  it.each(['typing', 'toString', '__proto__', 'constructor'])(
    'refuses to publish %s, for which there is no handler',
    async (name) => {
      const { authorizer, route } = create({ canSubscribe: () => true, canPublish: { message: () => true } })
      expect(await authorizer.canPublish(session, route, name, {})).toBe('refused')
    },
  )

  it.each([
    [true, 'allowed'],
    [Promise.resolve(true), 'allowed'],
    [false, 'refused'],
    [undefined, 'refused'],
    [1, 'refused'],
    ['yes', 'refused'],
    [{ userId: 'ada' }, 'refused'],
    [Promise.resolve('true'), 'refused'],
  ])('takes %j for %s: nothing but true allows', async (verdict, expected) => {
    const { authorizer, route } = create({
      canSubscribe: () => verdict,
      canPublish: { message: () => verdict },
    })
    expect(await authorizer.canSubscribe(session, route)).toBe(expected)
    expect(await authorizer.canPublish(session, route, 'message', {})).toBe(expected)
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('the database is down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('the database is down'))],
  ])('fails when a handler %s, and logs why', async (_name, canSubscribe) => {
    const { authorizer, logger, route } = create({ canSubscribe })
    expect(await authorizer.canSubscribe(session, route)).toBe('failed')
    expect(logger.entries).toMatchObject([
      { level: 'error', fields: { action: 'canSubscribe', sessionId: 's1' } },
    ])
  })

  it('tells a handler who asks, about which room, and what would be published', async () => {
    const seen: unknown[] = []
    const { authorizer, route } = create({
      canPublish: { message: (context) => seen.push(context) > 0 },
    })
    expect(await authorizer.canPublish(session, route, 'message', { text: 'hi' })).toBe('allowed')
    expect(seen).toMatchObject([
      { session, params: { roomId: '42' }, room: { name: 'chat:42' }, data: { text: 'hi' } },
    ])
  })
})
