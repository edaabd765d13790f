// The client against a real server over real sockets, in both codecs.
import { createClient, settle, type Client, type ClientOptions, type Gap } from '@roomcast/client'
import { msgpackCodec } from '@roomcast/client/msgpack'
import { CLOSE_CODES, jsonCodec } from '@roomcast/protocol/wire'
import { WebSocket } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startServer, type TestContract, type TestServer } from '../support/start-server.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

describe.each([
  ['JSON', jsonCodec],
  ['MessagePack', msgpackCodec],
])('a client that speaks %s', (_name, codec) => {
  let server: TestServer
  let proxy: TcpProxy
  let clients: Client<TestContract>[]

  beforeEach(async () => {
    server = await startServer({ presenceGraceMs: 3_000 })
    proxy = await startTcpProxy(server.port)
    clients = []
  })

  afterEach(async () => {
    for (const client of clients) client.disconnect()
    await proxy[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
    expect(server.errors).toEqual([])
  })

  function join(token: string | undefined, options: Partial<ClientOptions> = {}): Client<TestContract> {
    const client = createClient<TestContract>({
      url: `ws://127.0.0.1:${proxy.port}/realtime`,
      WebSocket,
      codec,
      version: 1,
      backoff: { minMs: 5, maxMs: 50 },
      ...(token === undefined ? {} : { token }),
      ...options,
    })
    clients.push(client)
    return client
  }

  it('publishes, receives and signals', async () => {
    const ada = join('ada').room('chat:{roomId}', { roomId: 'a b:ü' })
    const grace = join('grace').room('chat:{roomId}', { roomId: 'a b:ü' })
    const received: unknown[] = []
    grace.on('message', ({ data, from, offset }) => received.push([data.text, from?.userId, offset]))
    grace.on('typing', ({ data, from }) => received.push([data.on, from?.userId]))
    await grace.subscribe()
    expect(await ada.publish('message', { text: 'héllo 👋' })).toMatchObject({ offset: 1 })
    ada.signal('typing', { on: true })
    await expect
      .poll(() => received)
      .toEqual([
        ['héllo 👋', 'ada', 1],
        [true, 'ada'],
      ])
  })

  it('gets history on entry, and the whole of what it missed after a cut', async () => {
    const ada = join('ada').room('chat:{roomId}', { roomId: '1' })
    for (let n = 1; n <= 5; n++) await ada.publish('message', { text: `early ${n}` })
    const texts: string[] = []
    const gaps: Gap[] = []
    const grace = join('grace')
    const room = grace.room('chat:{roomId}', { roomId: '1' })
    room.on('message', ({ data }) => texts.push(data.text))
    room.onGap((gap) => gaps.push(gap))
    await room.subscribe({ rewind: 3 })
    await expect.poll(() => texts).toEqual(['early 3', 'early 4', 'early 5'])

    proxy.block()
    proxy.cut()
    await expect.poll(() => grace.state).toBe('connecting')
    const behind = server.roomcast.room('chat:{roomId}', { roomId: '1' })
    for (let n = 1; n <= 50; n++) await behind.publish('message', { text: `missed ${n}` })
    proxy.open()
    await expect.poll(() => texts.length).toBe(53)
    expect(texts.slice(3)).toEqual(Array.from({ length: 50 }, (_, index) => `missed ${index + 1}`))
    expect(gaps).toEqual([])
  })

  it('gets an absence of many megabytes back in parts, without being taken for a slow consumer', async () => {
    const texts: string[] = []
    const gaps: Gap[] = []
    const grace = join('grace')
    const room = grace.room('chat:{roomId}', { roomId: '1' })
    room.on('message', ({ data }) => texts.push(data.text))
    room.onGap((gap) => gaps.push(gap))
    await room.subscribe()
    proxy.block()
    proxy.cut()
    await expect.poll(() => grace.state).toBe('connecting')
    const behind = server.roomcast.room('chat:{roomId}', { roomId: '1' })
    for (let n = 0; n < 500; n++) await behind.publish('message', { text: `${n} `.padEnd(2000, 'x') })
    proxy.open()
    await expect.poll(() => texts.length, { timeout: 10_000 }).toBe(500)
    expect(texts.map((text) => Number.parseInt(text))).toEqual(
      Array.from({ length: 500 }, (_, index) => index),
    )
    expect(gaps).toEqual([])
    expect(grace.state).toBe('connected')
  })

  it('applies a publish once that was cut off before its answer, in the order of the calls', async () => {
    const room = join('ada').room('chat:{roomId}', { roomId: '1' })
    const texts: string[] = []
    room.on('message', ({ data }) => texts.push(data.text))
    await room.subscribe()
    const offsets: Promise<{ readonly offset: number }>[] = []
    for (let n = 1; n <= 100; n++) {
      offsets.push(room.publish('message', { text: `${n}` }))
      if (n % 10 === 0) {
        // Let some be written, so that the cut falls between a publish and its answer.
        await new Promise((resolve) => setImmediate(resolve))
        proxy.cut()
      }
    }
    const results = await Promise.all(offsets)
    expect(results.map(({ offset }) => offset)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
    await expect.poll(() => texts).toEqual(Array.from({ length: 100 }, (_, index) => `${index + 1}`))
  })

  it('tells errors apart by type', async () => {
    const client = join('ada')
    const room = client.room('chat:{roomId}', { roomId: '1' })
    expect(await settle(room.call('rename', { title: 'free' }))).toEqual({ ok: true, value: { ok: true } })
    const taken = await settle(room.call('rename', { title: 'taken' }))
    expect(taken.ok || (taken.error.code === 'taken' && taken.error.data.by)).toBe('grace')
    await expect(room.publish('message', { text: 'x'.repeat(2001) })).rejects.toMatchObject({
      code: 'invalidData',
      outcome: 'notApplied',
    })
    await expect(room.publish('message', { text: 'x'.repeat(300_000) })).rejects.toMatchObject({
      code: 'payloadTooLarge',
    })
    await expect(client.room('secret:{id}', { id: '1' }).subscribe()).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect(client.state).toBe('connected')
  })

  it('sees who is there, and nobody flickers when a connection is cut', async () => {
    const watcher = join('grace').room('chat:{roomId}', { roomId: '1' })
    const changes: string[] = []
    watcher.presence.on('change', ({ kind, member }) => changes.push(`${kind} ${member.userId}`))
    await watcher.presence.watch()
    const ada = join('ada')
    const room = ada.room('chat:{roomId}', { roomId: '1' })
    await room.presence.enter({ name: 'Ada' })
    await expect.poll(() => changes).toEqual(['enter ada'])

    const { clientId } = ada
    proxy.block()
    proxy.cut()
    await expect.poll(() => ada.state).toBe('connecting')
    proxy.open()
    await expect.poll(() => ada.state).toBe('connected')
    expect(ada.clientId).toBe(clientId)
    await room.presence.update({ name: 'Ada L.' })
    await expect.poll(() => changes).toEqual(['enter ada', 'update ada'])
    await room.presence.leave()
    await expect.poll(() => changes).toEqual(['enter ada', 'update ada', 'leave ada'])
    expect(watcher.presence.members).toEqual([])
  })

  it('iterates, and stops where the loop stops', async () => {
    const room = join('ada').room('chat:{roomId}', { roomId: '1' })
    const texts: string[] = []
    const reading = (async () => {
      for await (const { data } of room.publications('message')) {
        texts.push(data.text)
        if (texts.length === 3) break
      }
    })()
    await expect.poll(() => room.status).toBe('subscribed')
    for (const text of ['a', 'b', 'c', 'd']) await room.publish('message', { text })
    await reading
    expect(texts).toEqual(['a', 'b', 'c'])
    await expect.poll(() => room.status).toBe('unsubscribed')
  })

  it('gives up for good where trying again cannot help, and settles everything', async () => {
    const refused = join(undefined)
    const publish = refused.room('chat:{roomId}', { roomId: '1' }).publish('message', { text: 'x' })
    await expect(publish).rejects.toMatchObject({
      code: 'closed',
      data: { closeCode: CLOSE_CODES.unauthorized },
    })
    expect(refused.state).toBe('disconnected')

    const outdated = join('ada', { version: 99 })
    await expect(outdated.room('chat:{roomId}', { roomId: '1' }).subscribe()).rejects.toMatchObject({
      data: { closeCode: CLOSE_CODES.contractIncompatible },
    })
  })

  it('comes back by itself when the server asks it to leave', async () => {
    const client = join('ada')
    await client.room('chat:{roomId}', { roomId: '1' }).subscribe()
    const states: string[] = []
    client.on('state', (status) => states.push(status.state))
    proxy.block()
    await server.roomcast.close()
    await expect.poll(() => client.state).toBe('connecting')
    expect(states).toContain('connecting')
  })
})
