import { describe, expect, it } from 'vitest'
import { defer } from '../../testing/deferred.ts'
import { TestInstance } from '../../testing/test-instance.ts'
import type { Identity } from '../../routing/handlers.ts'

describe('connect', () => {
  it('is answered with who the client is and what the server announces', async () => {
    const instance = new TestInstance()
    const { client } = instance.open()
    expect(await client.connect({ token: 'ada', version: 3 })).toMatchObject({
      userId: 'ada',
      contract: 'same',
      ...instance.services.announcement,
    })
    expect(instance.services.registry.size).toBe(1)
    expect(instance.clock.timerCount).toBe(1) // the broker's sweep; the connect timeout is gone
  })

  it('hands the token and the request to authenticate, and its identity to handlers', async () => {
    const seen: unknown[] = []
    const instance = new TestInstance({
      authenticate: (credentials) => {
        seen.push(credentials)
        return { userId: 'ada', role: 'admin' }
      },
      chat: { canSubscribe: ({ session }) => seen.push(session.identity) > 0 },
    })
    const client = await instance.connect('secret')
    await client.request({ type: 'subscribe', room: 'chat:1' })
    expect(seen).toEqual([
      { token: 'secret', request: { url: '/realtime', headers: {}, remoteAddress: undefined } },
      { userId: 'ada', role: 'admin' },
    ])
  })

  describe('contract versions', () => {
    it.each([
      [3, 'same'],
      [undefined, 'same'],
      [2, 'accepted'],
    ])('lets version %s in as %s', async (version, verdict) => {
      const { client } = new TestInstance({ acceptVersions: [2] }).open()
      const result = await client.connect(version === undefined ? {} : { version })
      expect(result.contract).toBe(verdict)
    })

    it.each([0, 1, 4])('closes with 4504 for version %s, and asks nobody who it is', async (version) => {
      let isAsked = false
      const { client } = new TestInstance({
        acceptVersions: [2],
        authenticate: () => ({ userId: String((isAsked = true)) }),
      }).open()
      client.send({ type: 'connect', id: 1, version })
      expect(await client.closed).toEqual({ code: 4504, reason: 'contractIncompatible' })
      expect(isAsked).toBe(false)
    })
  })

  it.each([null, undefined])('closes with 4503 when authenticate returns %s', async (identity) => {
    const instance = new TestInstance({ authenticate: () => identity })
    const { client } = instance.open()
    client.send({ type: 'connect', id: 1 })
    expect(await client.closed).toEqual({ code: 4503, reason: 'unauthorized' })
    expect(client.received).toEqual([])
    expect(instance.services.registry.size).toBe(0)
    expect(instance.services.resume.size).toBe(0)
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('secret detail')
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret detail'))],
    ['returns no userId', () => ({ name: 'ada' }) as unknown as { userId: string }],
  ])('closes with 1011 when authenticate %s, and tells only the log why', async (_name, authenticate) => {
    const instance = new TestInstance({ authenticate })
    const { client } = instance.open()
    client.send({ type: 'connect', id: 1 })
    expect(await client.closed).toEqual({ code: 1011, reason: 'internal' })
    expect(instance.logger.messages('error')).toEqual(['authenticate threw'])
  })

  it('answers connect before the commands that were sent right behind it', async () => {
    const identity = defer<Identity>()
    const instance = new TestInstance({ authenticate: () => identity.promise })
    const { client } = instance.open()
    const connected = client.connect()
    const subscribed = client.request({ type: 'subscribe', room: 'chat:1' })
    await instance.clock.settle()
    expect(client.received).toEqual([])
    identity.resolve({ userId: 'ada' })
    await Promise.all([connected, subscribed])
    expect(client.received.map(({ type }) => type)).toEqual(['reply', 'reply'])
    expect(client.received[0]).toMatchObject({ id: 1, result: { userId: 'ada' } })
  })

  describe('the timeout', () => {
    it('closes a connection that says nothing with 4000', async () => {
      const instance = new TestInstance()
      const { client } = instance.open()
      await instance.clock.advanceAsync(9_999)
      expect(client.isClosed).toBe(false)
      await instance.clock.advanceAsync(1)
      expect(await client.closed).toEqual({ code: 4000, reason: 'connectTimeout' })
      expect(instance.services.registry.size).toBe(0)
    })

    it('closes a connection whose authenticate takes too long, and its late answer has no effect', async () => {
      const identity = defer<Identity>()
      const instance = new TestInstance({
        authenticate: ({ token }) => (token === 'slow' ? identity.promise : { userId: 'ada' }),
      })
      const { client } = instance.open()
      client.send({ type: 'connect', id: 1, token: 'slow' })
      await instance.clock.advanceAsync(10_000)
      identity.resolve({ userId: 'ada' })
      expect(await client.closed).toMatchObject({ code: 4000 })
      await instance.clock.settle()
      expect(client.received).toEqual([])
      expect(instance.services.resume.size).toBe(0)
    })

    it('lets a late answer replace nobody, also while the peer has not answered the close', async () => {
      const identity = defer<Identity>()
      const instance = new TestInstance({
        authenticate: ({ token }) => (token === 'slow' ? identity.promise : { userId: 'ada' }),
      })
      const { client } = instance.open()
      const first = await client.connect()
      client.close()
      await client.closed

      let isStuck = false
      const { client: stuck } = instance.open((arrive) => isStuck || queueMicrotask(arrive))
      stuck.send({ type: 'connect', id: 1, token: 'slow', resume: first })
      await instance.clock.settle()
      isStuck = true
      await instance.clock.advanceAsync(10_000)
      const { client: current } = instance.open()
      expect((await current.connect({ resume: first })).clientId).toBe(first.clientId)
      identity.resolve({ userId: 'ada' })
      await instance.clock.settle()
      expect(current.isClosed).toBe(false)
    })

    it('ends with the answer', async () => {
      const instance = new TestInstance()
      const client = await instance.connect()
      await instance.clock.advanceAsync(60_000)
      expect(client.isClosed).toBe(false)
    })
  })

  it('forgets a client that went away while it was judged', async () => {
    const identity = defer<Identity>()
    const instance = new TestInstance({ authenticate: () => identity.promise })
    const { client, transport } = instance.open()
    client.send({ type: 'connect', id: 1 })
    await instance.clock.settle()
    transport.cut()
    identity.resolve({ userId: 'ada' })
    await instance.clock.settle()
    expect(instance.services.registry.size).toBe(0)
    expect(instance.services.resume.size).toBe(0)
  })

  describe('resuming', () => {
    it('continues the client and closes its old connection with 4505', async () => {
      const instance = new TestInstance()
      const { client: old } = instance.open()
      const first = await old.connect()
      const { client: current } = instance.open()
      const second = await current.connect({ resume: first })
      expect(second.clientId).toBe(first.clientId)
      expect(second.sessionId).not.toBe(first.sessionId)
      expect(await old.closed).toEqual({ code: 4505, reason: 'replaced' })
      expect(await current.request({ type: 'ping' })).toEqual({})
      expect(instance.services.registry.size).toBe(1)
    })

    it('leaves the client alone that another user claims to be', async () => {
      const instance = new TestInstance()
      const { client: ada } = instance.open()
      const first = await ada.connect({ token: 'ada' })
      const { client: bob } = instance.open()
      expect((await bob.connect({ token: 'bob', resume: first })).clientId).not.toBe(first.clientId)
      expect(await ada.request({ type: 'ping' })).toEqual({})
    })

    it('still knows a client that was connected for hours, after others came', async () => {
      const instance = new TestInstance()
      const { client, transport } = instance.open()
      const first = await client.connect()
      await instance.clock.advanceAsync(3 * 3_600_000)
      await instance.connect('bob')
      transport.cut()
      const { client: again } = instance.open()
      expect((await again.connect({ resume: first })).clientId).toBe(first.clientId)
    })
  })
})
