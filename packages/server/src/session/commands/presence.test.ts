import type { ConnectResult, EmptyResult, Push } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import { defer } from '../../testing/deferred.ts'
import type { TestClient } from '../../testing/test-client.ts'
import { TestInstance } from '../../testing/test-instance.ts'
import type { MemoryTransport } from '../../transport/memory-transport.ts'

const ROOM = 'chat:1'
const GRACE_MS = 30_000

const enter = (client: TestClient, name: unknown = 'Ada', room = ROOM): Promise<EmptyResult> =>
  client.request({ type: 'presenceEnter', room, data: { name } })

const update = (client: TestClient, name: unknown): Promise<EmptyResult> =>
  client.request({ type: 'presenceUpdate', room: ROOM, data: { name } })

const leave = (client: TestClient): Promise<EmptyResult> =>
  client.request({ type: 'presenceLeave', room: ROOM })

const kindsOf = (watcher: TestClient): readonly unknown[] =>
  watcher.pushes.map((push: Push) => (push.type === 'presence' ? push.change.kind : push.type))

/** Somebody who watches the room, and Ada. */
async function createPair(instance = new TestInstance()): Promise<{
  instance: TestInstance
  watcher: TestClient
  ada: TestClient
  transport: MemoryTransport
  resume: ConnectResult
}> {
  const watcher = await instance.connect('watcher')
  await watcher.request({ type: 'presenceWatch', room: ROOM })
  const { client: ada, transport } = instance.open()
  const resume = await ada.connect({ token: 'ada' })
  return { instance, watcher, ada, transport, resume }
}

describe('presence', () => {
  it('tells watchers who enters, what changes and who leaves, in order', async () => {
    const { watcher, ada, resume } = await createPair()
    await enter(ada, 'Ada')
    await update(ada, 'Ada L.')
    await leave(ada)
    const member = { clientId: resume.clientId, userId: 'ada' }
    const changes = [await watcher.nextPush(), await watcher.nextPush(), await watcher.nextPush()]
    expect(changes).toMatchObject([
      { position: { offset: 1 }, change: { kind: 'enter', member: { ...member, data: { name: 'Ada' } } } },
      {
        position: { offset: 2 },
        change: { kind: 'update', member: { ...member, data: { name: 'Ada L.' } } },
      },
      { position: { offset: 3 }, change: { kind: 'leave', clientId: resume.clientId } },
    ])
  })

  it('tells who begins to watch who is there, and from where changes go on', async () => {
    const { instance, ada, resume } = await createPair()
    await enter(ada)
    const late = await instance.connect('late')
    const { members, position } = await late.request({ type: 'presenceWatch', room: ROOM })
    expect(members).toEqual([{ clientId: resume.clientId, userId: 'ada', data: { name: 'Ada' } }])
    await update(ada, 'Ada L.')
    expect(await late.nextPush()).toMatchObject({ position: { ...position, offset: position.offset + 1 } })
  })

  it('tells nothing more after presenceUnwatch, which is no mistake without a watch', async () => {
    const { instance, watcher, ada } = await createPair()
    await watcher.request({ type: 'presenceUnwatch', room: ROOM })
    await watcher.request({ type: 'presenceUnwatch', room: ROOM })
    await enter(ada)
    await instance.clock.settle()
    expect(watcher.pushes).toEqual([])
  })

  it('watches once, however often it is asked to', async () => {
    const { instance, watcher, ada } = await createPair()
    await watcher.request({ type: 'presenceWatch', room: ROOM })
    await enter(ada)
    await instance.clock.settle()
    expect(kindsOf(watcher)).toEqual(['enter'])
  })

  it('refuses to update what is not there; leaving it is no mistake', async () => {
    const { ada } = await createPair()
    await expect(update(ada, 'Ada')).rejects.toMatchObject({ code: 'notEntered' })
    expect(await leave(ada)).toEqual({})
    await enter(ada)
    await leave(ada)
    expect(await leave(ada)).toEqual({})
    await expect(update(ada, 'Ada')).rejects.toMatchObject({ code: 'notEntered' })
  })

  it('refuses channels without presence, data that is not valid, and who may not subscribe', async () => {
    const instance = new TestInstance({ chat: { canSubscribe: ({ params }) => params.roomId !== 'closed' } })
    const client = await instance.connect()
    const watch = (room: string) => client.request({ type: 'presenceWatch', room })
    await expect(enter(client, 'Ada', 'num:1')).rejects.toMatchObject({ code: 'notSupported' })
    await expect(watch('num:1')).rejects.toMatchObject({ code: 'notSupported' })
    await expect(enter(client, 5)).rejects.toMatchObject({
      code: 'invalidData',
      data: { issues: [{ path: ['name'] }] },
    })
    await expect(enter(client, 'Ada', 'chat:closed')).rejects.toMatchObject({ code: 'forbidden' })
    await expect(watch('chat:closed')).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is limited in what an entry tells', async () => {
    const client = await new TestInstance({ limits: { maxPresenceDataLength: 20 } }).connect()
    const tell = (name: string) => client.request({ type: 'presenceEnter', room: ROOM, data: { name } })
    expect(await tell('Ada')).toEqual({})
    await expect(tell('x'.repeat(20))).rejects.toMatchObject({ code: 'limitExceeded' })
  })

  it('is over, watching too, for a session that subscribes again and is refused', async () => {
    let mayRead = true
    const instance = new TestInstance({ chat: { canSubscribe: () => mayRead } })
    const client = await instance.connect()
    await client.request({ type: 'subscribe', room: ROOM })
    await client.request({ type: 'presenceEnter', room: ROOM, data: { name: 'Ada' } })
    await client.request({ type: 'presenceWatch', room: ROOM })
    mayRead = false
    await expect(client.request({ type: 'subscribe', room: ROOM })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await instance.clock.settle()
    expect((await instance.services.presence.snapshot(ROOM)).members).toEqual([])
    const before = client.received.length
    await instance.services.presence.put(ROOM, { clientId: 'c', userId: 'bob', json: '{}' }, 's')
    await instance.clock.settle()
    expect(client.received).toHaveLength(before)
  })

  it('is limited in the number of rooms, entered and watched', async () => {
    const client = await new TestInstance({ limits: { maxSubscriptions: 1 } }).connect()
    await enter(client)
    await enter(client, 'again')
    await expect(enter(client, 'Ada', 'chat:2')).rejects.toMatchObject({ code: 'limitExceeded' })
    await client.request({ type: 'presenceWatch', room: ROOM })
    await expect(client.request({ type: 'presenceWatch', room: 'chat:2' })).rejects.toMatchObject({
      code: 'limitExceeded',
    })
  })

  describe('when a connection ends', () => {
    it('removes the entry once, after the grace', async () => {
      const { instance, watcher, ada, transport } = await createPair()
      await enter(ada)
      transport.cut()
      await instance.clock.advanceAsync(GRACE_MS - 1)
      expect(kindsOf(watcher)).toEqual(['enter'])
      await instance.clock.advanceAsync(10 * GRACE_MS)
      expect(kindsOf(watcher)).toEqual(['enter', 'leave'])
    })

    it('removes it at once when the client says goodbye with 1000', async () => {
      const { instance, watcher, ada } = await createPair()
      await enter(ada)
      ada.close(1000)
      await instance.clock.settle()
      expect(kindsOf(watcher)).toEqual(['enter', 'leave'])
    })

    it('removes nothing that the client has left before', async () => {
      const { instance, watcher, ada, transport } = await createPair()
      await enter(ada)
      await leave(ada)
      transport.cut()
      await instance.clock.advanceAsync(2 * GRACE_MS)
      expect(kindsOf(watcher)).toEqual(['enter', 'leave'])
    })

    it('ends its watches', async () => {
      const { instance, watcher, ada } = await createPair()
      watcher.close()
      await instance.clock.settle()
      await enter(ada)
      expect(kindsOf(watcher)).toEqual([])
      const { position } = await instance.services.presence.snapshot(ROOM)
      await leave(ada)
      // Nobody watches and nobody is in, so the room was forgotten and begins anew.
      expect((await instance.services.presence.snapshot(ROOM)).position.epoch).not.toBe(position.epoch)
    })
  })

  describe('when the client comes back', () => {
    it('keeps the entry without a word when it enters again within the grace', async () => {
      const { instance, watcher, ada, transport, resume } = await createPair()
      await enter(ada)
      transport.cut()
      await instance.clock.advanceAsync(GRACE_MS - 1)
      const { client: again } = instance.open()
      await again.connect({ resume })
      await enter(again)
      await instance.clock.advanceAsync(10 * GRACE_MS)
      expect(kindsOf(watcher)).toEqual(['enter'])
      again.close(1000)
      await instance.clock.settle()
      expect(kindsOf(watcher)).toEqual(['enter', 'leave'])
    })

    it('lets it leave what its earlier connection had entered', async () => {
      const { instance, watcher, ada, transport, resume } = await createPair()
      await enter(ada)
      transport.cut()
      await instance.clock.settle()
      const { client: again } = instance.open()
      await again.connect({ resume })
      await again.request({ type: 'presenceLeave', room: ROOM })
      await instance.clock.settle()
      expect(kindsOf(watcher)).toEqual(['enter', 'leave'])
    })

    it('keeps it also when the old connection is found to be lost only afterwards', async () => {
      const { instance, watcher, ada, resume } = await createPair()
      await enter(ada)
      const { client: again } = instance.open()
      await again.connect({ resume })
      await enter(again)
      expect(await ada.closed).toMatchObject({ code: 4505 })
      await instance.clock.advanceAsync(10 * GRACE_MS)
      expect(kindsOf(watcher)).toEqual(['enter'])
    })

    it.each(['presenceEnter', 'presenceUpdate'] as const)(
      'lets a %s of the old connection, judged late, take nothing from the new one',
      async (type) => {
        const verdict = defer<boolean>()
        let isSlow = false
        const { instance, watcher, ada, resume } = await createPair(
          new TestInstance({ chat: { canSubscribe: () => (isSlow ? verdict.promise : true) } }),
        )
        await enter(ada)
        isSlow = true
        ada.send({ type, id: 99, room: ROOM, data: { name: 'late' } })
        await instance.clock.settle()
        isSlow = false
        const { client: again } = instance.open()
        await again.connect({ resume })
        await enter(again)
        verdict.resolve(true)
        await instance.clock.advanceAsync(10 * GRACE_MS)
        expect(kindsOf(watcher)).toEqual(['enter'])
      },
    )
  })

  it('lets nobody enter whose connection ended while canSubscribe was asked', async () => {
    const verdict = defer<boolean>()
    const instance = new TestInstance({ chat: { canSubscribe: () => verdict.promise } })
    const { client, transport } = instance.open()
    await client.connect()
    client.send({ type: 'presenceEnter', id: 2, room: ROOM, data: { name: 'Ada' } })
    await instance.clock.settle()
    transport.cut()
    verdict.resolve(true)
    await instance.clock.settle()
    expect((await instance.services.presence.snapshot(ROOM)).members).toEqual([])
  })

  it('removes an entry whose connection ended while it was written, after the grace', async () => {
    const instance = new TestInstance()
    const gate = defer()
    const { presence } = instance.services
    const put = presence.put.bind(presence)
    presence.put = async (...entry) => {
      await gate.promise
      await put(...entry)
    }
    const { client, transport } = instance.open()
    await client.connect()
    client.send({ type: 'presenceEnter', id: 2, room: ROOM, data: { name: 'Ada' } })
    await instance.clock.settle()
    transport.cut()
    await instance.clock.advanceAsync(2 * GRACE_MS)
    gate.resolve()
    await instance.clock.settle()
    expect((await presence.snapshot(ROOM)).members).toHaveLength(1)
    await instance.clock.advanceAsync(GRACE_MS)
    expect((await presence.snapshot(ROOM)).members).toEqual([])
  })

  it('stops watching when the store cannot begin to', async () => {
    const instance = new TestInstance()
    instance.services.presence.watch = () => Promise.reject(new Error('down'))
    const client = await instance.connect()
    const watch = (): Promise<unknown> => client.request({ type: 'presenceWatch', room: ROOM })
    await expect(watch()).rejects.toMatchObject({ code: 'internal' })
    delete (instance.services.presence as { watch?: unknown }).watch
    expect(await watch()).toMatchObject({ members: [] })
    await enter(client)
    expect(await client.nextPush()).toMatchObject({ change: { kind: 'enter' } })
  })
})
