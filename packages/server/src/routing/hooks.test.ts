import { describe, expect, it } from 'vitest'
import { TestInstance } from '../testing/test-instance.ts'
import type { AnyHandlers } from './authorizer.ts'

const ROOM = 'chat:1'

/** An instance whose hooks write down what they are told. */
function setUp(change: AnyHandlers = {}) {
  const told: unknown[] = []
  const note =
    (hook: string) =>
    ({ session, params, ...rest }: { session?: { userId: string }; params?: object; room?: unknown }) => {
      const { room, ...others } = rest
      told.push([hook, session?.userId, params, others])
      expect(hook.startsWith('on')).toBe(true)
      if (params) expect(room).toHaveProperty('name', ROOM)
    }
  const instance = new TestInstance({
    clients: { onConnected: note('onConnected'), onDisconnected: note('onDisconnected') },
    chat: {
      onSubscribed: note('onSubscribed'),
      onUnsubscribed: note('onUnsubscribed'),
      onPublished: { message: note('onPublished') },
      ...change,
    },
  })
  return { instance, told }
}

const publish = {
  type: 'publish',
  room: ROOM,
  event: 'message',
  publishId: 'p',
  data: { text: 'hi' },
} as const

describe('hooks', () => {
  it('tell of a client, its subscription, what it published once, and its end', async () => {
    const { instance, told } = setUp()
    const client = await instance.connect('ada')
    await client.request({ type: 'subscribe', room: ROOM })
    const { position } = await client.request(publish)
    await client.request(publish)
    client.close(1001)
    await client.closed
    await instance.clock.settle()
    const params = { roomId: '1' }
    expect(told).toEqual([
      ['onConnected', 'ada', undefined, {}],
      ['onSubscribed', 'ada', params, {}],
      ['onPublished', 'ada', params, { data: { text: 'hi' }, position }],
      ['onUnsubscribed', 'ada', params, {}],
      ['onDisconnected', 'ada', undefined, { code: 1001 }],
    ])
  })

  it('say nothing of who was refused', async () => {
    const { instance, told } = setUp({ canSubscribe: () => false, canPublish: { message: () => false } })
    const client = await instance.connect('ada')
    await expect(client.request({ type: 'subscribe', room: ROOM })).rejects.toThrow()
    await expect(client.request(publish)).rejects.toThrow()
    await expect(instance.connect('nobody')).rejects.toThrow()
    expect(told).toEqual([['onConnected', 'ada', undefined, {}]])
  })

  it('do no harm when they fail, at once or later, and the log has why', async () => {
    const { instance } = setUp({
      onSubscribed: () => {
        throw new Error('at once')
      },
      onPublished: { message: () => Promise.reject(new Error('later')) },
    })
    const client = await instance.connect('ada')
    await client.request({ type: 'subscribe', room: ROOM })
    await client.request(publish)
    await instance.clock.settle()
    expect(instance.logger.messages('error')).toEqual(['a hook failed', 'a hook failed'])
  })
})

describe('a transform', () => {
  const transformed = async (transform: (context: { data?: unknown }) => unknown) => {
    const { instance, told } = setUp({ transform: { message: transform } })
    const client = await instance.connect('ada')
    await client.request({ type: 'subscribe', room: ROOM })
    const answer = await client.request(publish).then(
      () => 'published',
      (error: { code: string }) => error.code,
    )
    await instance.clock.settle()
    return { answer, pushed: client.pushes, told, instance }
  }

  it.each([
    ['at once', (data: { text: string }) => ({ text: data.text.toUpperCase() })],
    ['later', async (data: { text: string }) => ({ text: data.text.toUpperCase() })],
  ])('changes what everybody gets, %s', async (_, change) => {
    const { pushed, told } = await transformed(({ data }) => change(data as { text: string }))
    expect(pushed).toMatchObject([{ data: { text: 'HI' } }])
    expect(told).toContainEqual([
      'onPublished',
      'ada',
      { roomId: '1' },
      expect.objectContaining({ data: { text: 'HI' } }) as unknown,
    ])
  })

  it.each([
    ['throws', () => Promise.reject(new Error('no'))],
    ['returns nothing', () => undefined],
  ])('that %s lets nothing through, and the log has why', async (_, transform) => {
    const { answer, pushed, instance } = await transformed(transform)
    expect([answer, pushed]).toEqual(['internal', []])
    expect(instance.logger.messages('error')).toEqual(['a command failed'])
  })
})
