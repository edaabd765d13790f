import { describe, expect, it } from 'vitest'
import { defer } from '../testing/deferred.ts'
import { TestInstance } from '../testing/test-instance.ts'

describe('a session', () => {
  describe('refuses what is not the protocol', () => {
    it.each([
      ['{', 4500, 'malformedMessage'],
      [Uint8Array.of(1), 4500, 'malformedMessage'],
      ['[]', 4500, 'malformedMessage'],
      ['{"type":"ping"}', 4500, 'malformedMessage'],
      ['{"type":"signal","room":1}', 4500, 'malformedMessage'],
      ['{"type":"ping","id":1,"__proto__":{}}', 4500, 'malformedMessage'],
      ['{"type":"connect","id":9}', 4502, 'connectExpected'],
    ])('%j once open', async (payload, code, reason) => {
      const instance = new TestInstance()
      const client = await instance.connect()
      client.sendPayload(payload)
      client.send({ type: 'subscribe', id: 10, room: 'chat:1' })
      expect(await client.closed).toEqual({ code, reason })
      expect(client.received).toHaveLength(1)
      expect(instance.services.hub.roomCount).toBe(0)
    })

    it.each([
      ['{', 4500],
      ['{"type":"ping","id":1}', 4502],
      ['{"type":"nonsense","id":1}', 4502],
      ['{"type":"connect","id":1,"token":5}', 4502],
    ])('%j instead of a connect', async (payload, code) => {
      const { client } = new TestInstance().open()
      client.sendPayload(payload)
      expect(await client.closed).toMatchObject({ code })
    })

    it('a second connect that came in one burst with the first', async () => {
      const { client } = new TestInstance().open()
      const connected = client.connect()
      client.send({ type: 'connect', id: 2, token: 'ada' })
      await connected
      expect(await client.closed).toMatchObject({ code: 4502 })
    })
  })

  it('answers a command that it does not know, or that lacks something, and goes on', async () => {
    const client = await new TestInstance().connect()
    expect(await client.ask({ type: 'teleport', id: 7 })).toMatchObject({
      type: 'error',
      error: { code: 'unknownCommand' },
    })
    expect(await client.ask({ type: 'subscribe', id: 8 })).toMatchObject({
      type: 'error',
      error: { code: 'invalidCommand' },
    })
    expect(await client.request({ type: 'ping' })).toEqual({})
  })

  it.each(['num:042', 'nowhere', '__proto__', 'chat:', 'num:x'])(
    'answers unknownRoom for %s, whatever the command',
    async (room) => {
      const client = await new TestInstance().connect()
      const commands = [
        { type: 'subscribe' as const, room },
        { type: 'publish' as const, room, event: 'message', data: {}, publishId: 'p' },
        { type: 'call' as const, room, call: 'rename', data: {} },
        { type: 'presenceEnter' as const, room, data: {} },
        { type: 'presenceWatch' as const, room },
      ]
      for (const command of commands) {
        await expect(client.request(command)).rejects.toMatchObject({ code: 'unknownRoom' })
      }
    },
  )

  it('survives 10 000 subscribes: refuses those beyond the limit, then closes with 4001', async () => {
    const instance = new TestInstance({
      limits: { maxSubscriptions: 10, commandRate: { perSecond: 100, burst: 500 } },
    })
    const client = await instance.connect()
    for (let id = 2; id <= 10_001; id++) client.send({ type: 'subscribe', id, room: `chat:${id}` })
    expect(await client.closed).toEqual({ code: 4001, reason: 'rateLimited' })
    const answers = client.received.slice(1)
    const refused = answers.filter(
      (answer) => answer.type === 'error' && answer.error.code === 'limitExceeded',
    )
    expect(answers.filter(({ type }) => type === 'reply')).toHaveLength(10)
    expect(answers.length).toBe(10 + refused.length)
    expect(refused).toHaveLength(490)
    expect(instance.services.hub.roomCount).toBe(0)
  })

  it.each([
    ['once what was asked before is answered', true],
    ['after five seconds, if that is not answered', false],
  ])('closes a client that is too fast %s', async (_name, isAnswered) => {
    const gate = defer()
    const instance = new TestInstance({
      limits: { commandRate: { perSecond: 1, burst: 1 } },
      chat: { calls: { touch: () => gate.promise } },
    })
    const client = await instance.connect()
    client.send({ type: 'call', id: 2, room: 'chat:1', call: 'touch', data: null })
    client.send({ type: 'ping', id: 3 })
    await instance.clock.advanceAsync(4_999)
    expect(client.isClosed).toBe(false)
    if (isAnswered) gate.resolve()
    else await instance.clock.advanceAsync(1)
    expect(await client.closed).toEqual({ code: 4001, reason: 'rateLimited' })
    expect(client.received.slice(1)).toMatchObject(isAnswered ? [{ type: 'reply', id: 2 }] : [])
  })

  it('lets a client go on for ever that keeps to the rate', async () => {
    const instance = new TestInstance({ limits: { commandRate: { perSecond: 10, burst: 2 } } })
    const client = await instance.connect()
    for (let count = 0; count < 100; count++) {
      await client.request({ type: 'ping' })
      await instance.clock.advanceAsync(100)
    }
    expect(client.isClosed).toBe(false)
  })

  it('reads no further than the outstanding commands allow, and on when they are answered', async () => {
    const gate = defer()
    let calls = 0
    const instance = new TestInstance({
      limits: { maxOutstandingCommands: 3 },
      chat: {
        calls: {
          touch: async () => {
            calls++
            await gate.promise
          },
        },
      },
    })
    const client = await instance.connect()
    const answers = Array.from({ length: 10 }, () =>
      client.request({ type: 'call', room: 'chat:1', call: 'touch', data: null }),
    )
    await instance.clock.settle()
    expect(calls).toBe(3)
    gate.resolve()
    await Promise.all(answers)
    expect(calls).toBe(10)
  })

  it('asks the sessions of a user that send too much together to try again, and no one else', async () => {
    const instance = new TestInstance({ limits: { userCommandRate: { perSecond: 10, burst: 3 } } })
    const [laptop, phone, bob] = [
      await instance.connect('ada'),
      await instance.connect('ada'),
      await instance.connect('bob'),
    ]
    await laptop.request({ type: 'ping' })
    await phone.request({ type: 'ping' })
    await laptop.request({ type: 'subscribe', room: 'chat:1' })
    for (const client of [laptop, phone]) {
      await expect(client.request({ type: 'ping' })).rejects.toMatchObject({
        code: 'rateLimited',
        temporary: true,
        retryAfterMs: 100,
      })
    }
    phone.send({ type: 'signal', room: 'chat:1', signal: 'typing', data: { on: true } })
    await bob.request({ type: 'ping' })
    await instance.clock.advanceAsync(100)
    await phone.request({ type: 'ping' })
    expect([laptop.pushes, laptop.isClosed, phone.isClosed]).toEqual([[], false, false])
  })

  it('closes with 4002 when a client does not read, and leaves nothing of it', async () => {
    const instance = new TestInstance({ limits: { maxOutboxBytes: 2_000 } })
    const [slow, quick] = [await instance.connect('slow'), await instance.connect('quick')]
    await slow.request({ type: 'subscribe', room: 'chat:1' })
    await quick.request({ type: 'subscribe', room: 'chat:1' })
    slow.pause()
    for (let count = 0; count < 30; count++) await instance.publish('chat:1', `${count} ${'x'.repeat(100)}`)
    await instance.clock.advanceAsync(4_000)
    expect(slow.isClosed).toBe(false)
    await instance.clock.advanceAsync(1_000)
    slow.resume()
    expect(await slow.closed).toEqual({ code: 4002, reason: 'slowConsumer' })
    await instance.clock.settle()
    expect(quick.pushes).toHaveLength(30)
    expect(instance.services.hub.subscriberCount('chat:1')).toBe(1)
    expect(instance.services.registry.size).toBe(1)
  })

  it('takes a burst of more than the outbox for no fault of a client that reads it', async () => {
    const instance = new TestInstance({ limits: { maxOutboxBytes: 2_000 } })
    const [client, other] = [await instance.connect('ada'), await instance.connect('bob')]
    // It has no history to catch up from.
    await client.request({ type: 'subscribe', room: 'num:1' })
    client.pause()
    const publish = { type: 'publish', room: 'num:1', event: 'tick' } as const
    for (let data = 0; data < 30; data++) await other.request({ ...publish, data, publishId: `p${data}` })
    client.resume()
    await instance.clock.advanceAsync(10_000)
    expect(client.isClosed).toBe(false)
    expect(client.pushes).toHaveLength(30)
  })

  it('asks a client to subscribe again when the bus lost something', async () => {
    const instance = new TestInstance()
    const client = await instance.connect()
    await client.request({ type: 'subscribe', room: 'chat:1' })
    await instance.publish('chat:1', 'a')
    const { epoch } = (await instance.services.broker.read('chat:1', { last: 0 }, null)).top
    const item = { id: 'x', event: 'message', from: undefined, json: '{}', tag: 1, time: 0 }
    instance.services.hub.onPublication('chat:1', epoch, { ...item, offset: 9 })
    expect(await client.nextPush()).toMatchObject({ type: 'publication', offset: 1 })
    expect(await client.nextPush()).toEqual({
      type: 'unsubscribed',
      room: 'chat:1',
      code: 2000,
      reason: 'insufficientState',
    })
    expect(instance.services.hub.roomCount).toBe(0)
  })

  it('tells a client whose command failed unexpectedly no more than that, and the log the rest', async () => {
    const instance = new TestInstance()
    instance.services.presence.snapshot = () => Promise.reject(new Error('secret detail'))
    const client = await instance.connect()
    await expect(client.request({ type: 'presenceWatch', room: 'chat:1' })).rejects.toMatchObject({
      code: 'internal',
      message: 'The server failed while it handled the command.',
    })
    expect(instance.logger.entries).toMatchObject([
      { level: 'error', fields: { command: 'presenceWatch' }, message: 'a command failed' },
    ])
  })
})
