import { beforeEach, describe, expect, it } from 'vitest'
import { at, createBench, createConnectedBench, type Bench } from '../testing/fake-server.ts'
import { settled } from '../testing/fake-clock.ts'
import type { Gap } from './room-events.ts'

describe('a room', () => {
  let bench: Bench
  let room: ReturnType<typeof open>
  let texts: string[]
  let gaps: Gap[]

  const open = () => bench.client.room('chat:{roomId}', { roomId: '1' })

  /** Subscribes and grants it at offset 0. */
  async function subscribed() {
    const lease = room.subscribe()
    await settled()
    bench.server.grant()
    return lease
  }

  beforeEach(async () => {
    bench = await createConnectedBench()
    room = open()
    texts = []
    gaps = []
    room.on('message', ({ data }) => texts.push(data.text))
    room.onGap((gap) => gaps.push(gap))
  })

  it('is subscribed when the server says so', async () => {
    expect(room.status).toBe('unsubscribed')
    const lease = room.subscribe({ rewind: 50 })
    await settled()
    expect(room.status).toBe('subscribing')
    expect(bench.server.grant({ position: at(3), replay: 1 })).toMatchObject({ room: 'chat:1', rewind: 50 })
    expect(room.status).toBe('subscribed')
    expect((await lease).position).toEqual(at(3))
    expect((await lease).recovered).toBeUndefined()
    bench.server.publish(4)
    expect(texts).toEqual(['text 4'])
    expect((await lease).position).toEqual(at(4))
  })

  it('gives a publication with its place, its publisher and its time', async () => {
    const seen: unknown[] = []
    room.on('message', (publication) => seen.push(publication))
    await subscribed()
    bench.server.publish(1)
    expect(seen).toEqual([
      {
        id: 'id-1',
        event: 'message',
        data: { text: 'text 1' },
        offset: 1,
        from: { userId: 'bob', clientId: 'b1' },
        time: 5,
      },
    ])
  })

  it('asks right behind connect, before that is answered', async () => {
    bench = createBench()
    open()
      .subscribe({ rewind: 2 })
      .catch(() => {})
    await settled()
    bench.server.open()
    expect(bench.server.received).toMatchObject([{ type: 'connect' }, { type: 'subscribe', rewind: 2 }])
  })

  it('asks for what it missed after a reconnect, and drops what it has', async () => {
    await subscribed()
    bench.server.publish(1)
    bench.server.close()
    expect(room.status).toBe('subscribing')
    const server = await bench.next()
    server.accept()
    expect(server.grant({ position: at(1), recovered: true, replay: 1 }).recover).toEqual(at(1))
    server.publish(1)
    server.publish(2)
    expect(texts).toEqual(['text 1', 'text 2'])
    expect(gaps).toEqual([])
  })

  it('asks again from where the reply began when the connection is lost before the replay', async () => {
    const lease = room.subscribe({ rewind: 2 })
    await settled()
    bench.server.grant({ position: at(5), replay: 2 })
    await lease
    const server = await bench.reconnect()
    expect(server.grant({ position: at(5), recovered: true, replay: 2 }).recover).toEqual(at(5))
    server.publish(6)
    expect(texts).toEqual(['text 6'])
  })

  it('announces a gap before anything that comes after it', async () => {
    const order: string[] = []
    room.onGap(() => order.push('gap'))
    room.on('message', () => order.push('message'))
    await subscribed()
    const server = await bench.reconnect()
    server.grant({ position: at(9, 'e2'), recovered: false, reason: 'epochChanged' })
    server.publish(10)
    expect(gaps).toEqual([{ reason: 'epochChanged', position: at(9, 'e2') }])
    expect(order).toEqual(['gap', 'message'])
  })

  it('announces a reset in the middle of a subscription', async () => {
    await subscribed()
    bench.server.push({ type: 'reset', room: 'chat:1', position: at(20), reason: 'expired' })
    bench.server.publish(21)
    expect(gaps).toEqual([{ reason: 'expired', position: at(20) }])
    expect(texts).toEqual(['text 21'])
  })

  it('surfaces an id once, also in another epoch, and moves on all the same', async () => {
    const lease = await subscribed()
    bench.server.publish(1, { id: 'retried' })
    const server = await bench.reconnect()
    server.grant({ position: at(0, 'e2'), recovered: false, reason: 'epochChanged' })
    server.publish(1, { id: 'retried' })
    server.publish(2)
    expect(texts).toEqual(['text 1', 'text 2'])
    expect(lease.position).toEqual(at(2, 'e2'))
  })

  it('heals a hole from the last publication before it', async () => {
    await subscribed()
    bench.server.publish(1)
    bench.server.publish(3)
    bench.server.publish(4)
    expect(texts).toEqual(['text 1'])
    expect(room.status).toBe('subscribing')
    expect(bench.server.grant({ position: at(1), recovered: true, replay: 3 }).recover).toEqual(at(1))
    for (const offset of [2, 3, 4]) bench.server.publish(offset)
    expect(texts).toEqual(['text 1', 'text 2', 'text 3', 'text 4'])
  })

  it('takes the same place with another tag for a fork', async () => {
    await subscribed()
    bench.server.publish(1)
    bench.server.publish(1, { tag: 5 })
    expect(bench.server.grant({ position: at(1), recovered: false, reason: 'forked' }).recover).toEqual(at(1))
    expect(gaps).toMatchObject([{ reason: 'forked' }])
  })

  it('shares one subscription among leases until the last is released', async () => {
    const first = await subscribed()
    const second = await open().subscribe()
    expect(bench.server.types).toEqual([])
    first.release()
    first.release()
    await bench.clock.advance(1_000)
    expect(room.status).toBe('subscribed')
    second.release()
    await bench.clock.advance(249)
    expect(bench.server.types).toEqual([])
    await bench.clock.advance(1)
    expect(bench.server.types).toEqual(['unsubscribe'])
    expect(room.status).toBe('unsubscribed')
  })

  it('says nothing on the wire when a component is mounted twice, as in StrictMode', async () => {
    const first = new AbortController()
    const aborted = room.subscribe({ signal: first.signal })
    first.abort(new Error('unmounted'))
    await expect(aborted).rejects.toThrow('unmounted')
    const second = room.subscribe()
    await settled()
    expect(bench.server.types).toEqual(['subscribe'])
    bench.server.grant()
    ;(await second).release()
    const third = await room.subscribe()
    await bench.clock.advance(1_000)
    expect(bench.server.types).toEqual([])
    third.release()
    await bench.clock.advance(250)
    expect(bench.server.types).toEqual(['unsubscribe'])
  })

  it('can be released while the server has not answered', async () => {
    const controller = new AbortController()
    const lease = room.subscribe({ signal: controller.signal })
    lease.catch(() => {})
    await settled()
    controller.abort()
    await bench.clock.advance(250)
    expect(bench.server.types).toEqual(['subscribe', 'unsubscribe'])
    bench.server.grant()
    bench.server.publish(1)
    expect(room.status).toBe('unsubscribed')
    expect(texts).toEqual([])
  })

  it('releases the lease when its signal is aborted later', async () => {
    const controller = new AbortController()
    const lease = room.subscribe({ signal: controller.signal })
    await settled()
    bench.server.grant()
    await lease
    controller.abort()
    await bench.clock.advance(250)
    expect(room.status).toBe('unsubscribed')
  })

  it('takes no lease for a signal that is aborted already', async () => {
    await expect(room.subscribe({ signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow(
      'too late',
    )
    expect(bench.server.types).toEqual([])
  })

  it('does not mistake late publications for those of the next subscription', async () => {
    ;(await subscribed()).release()
    await bench.clock.advance(250)
    const again = room.subscribe()
    await settled()
    expect(bench.server.types).toEqual(['unsubscribe', 'subscribe'])
    bench.server.publish(1)
    bench.server.push({ type: 'unsubscribed', room: 'chat:1', code: 2500, reason: '' })
    expect(texts).toEqual([])
    expect(bench.server.grant({ position: at(5) }).recover).toBeUndefined()
    await again
    bench.server.publish(6)
    expect(texts).toEqual(['text 6'])
  })

  it('ignores the answer to a subscribe that was given up', async () => {
    const controller = new AbortController()
    room.subscribe({ signal: controller.signal }).catch(() => {})
    await settled()
    controller.abort()
    await bench.clock.advance(250)
    const stale = bench.server.take('subscribe')
    const lease = room.subscribe()
    await settled()
    bench.server.reply(stale, { position: at(100), replay: 0, channel: { history: null, presence: true } })
    expect(room.status).toBe('subscribing')
    bench.server.grant({ position: at(2) })
    expect((await lease).position).toEqual(at(2))
  })

  it('may be asked again for what an earlier subscription has surfaced', async () => {
    const first = await subscribed()
    bench.server.publish(1)
    first.release()
    await bench.clock.advance(250)
    const again = room.subscribe({ rewind: 1 })
    await settled()
    expect(bench.server.grant({ position: at(0), replay: 1 }).rewind).toBe(1)
    await again
    bench.server.publish(1)
    expect(texts).toEqual(['text 1', 'text 1'])
  })

  it('recovers from a position that the application brings', async () => {
    const lease = room.subscribe({ recover: at(8) })
    await settled()
    expect(bench.server.grant({ position: at(8), recovered: true }).recover).toEqual(at(8))
    expect((await lease).recovered).toBe(true)
  })

  it('rejects all who wait when the server refuses', async () => {
    const first = room.subscribe()
    const second = room.subscribe()
    first.catch(() => {})
    second.catch(() => {})
    await settled()
    bench.server.refuse(bench.server.take('subscribe'), { code: 'forbidden' })
    await expect(first).rejects.toMatchObject({ code: 'forbidden' })
    await expect(second).rejects.toMatchObject({ code: 'forbidden' })
    expect(room.status).toBe('unsubscribed')
    expect(room.error).toMatchObject({ code: 'forbidden' })
    await bench.reconnect()
    expect(bench.server.types).toEqual([])
  })

  it('asks again later when the server cannot serve it now', async () => {
    const lease = room.subscribe()
    await settled()
    bench.server.refuse(bench.server.take('subscribe'), {
      code: 'unavailable',
      temporary: true,
      retryAfterMs: 700,
    })
    await bench.clock.advance(699)
    expect(bench.server.types).toEqual([])
    await bench.clock.advance(1)
    bench.server.grant()
    await lease
    expect(room.status).toBe('subscribed')
  })

  it('asks again when the server does not answer', async () => {
    room.subscribe().catch(() => {})
    await bench.clock.advance(10_000)
    bench.server.take('subscribe')
    await bench.clock.advance(500)
    expect(bench.server.types).toEqual(['subscribe'])
  })

  it('subscribes again from its position when the server lost track', async () => {
    await subscribed()
    bench.server.publish(1)
    bench.server.push({ type: 'unsubscribed', room: 'chat:1', code: 2000, reason: '' })
    expect(room.status).toBe('subscribing')
    await bench.clock.advance(500)
    expect(bench.server.grant({ position: at(1), recovered: true }).recover).toEqual(at(1))
    expect(room.status).toBe('subscribed')
  })

  it.each([
    [2500, 'notSubscribed'],
    [2501, 'forbidden'],
  ])('ends with the server’s code %i as %s', async (code, errorCode) => {
    await subscribed()
    bench.server.push({ type: 'unsubscribed', room: 'chat:1', code, reason: 'because' })
    expect(room.status).toBe('unsubscribed')
    expect(room.error).toMatchObject({ code: errorCode, data: { unsubscribeCode: code, reason: 'because' } })
    await bench.reconnect()
    expect(bench.server.types).toEqual([])
  })

  it('turns away who waits when the client stops, and recovers the others with connect', async () => {
    await subscribed()
    bench.server.publish(1)
    const waiting = bench.client.room('chat:{roomId}', { roomId: '2' }).subscribe()
    waiting.catch(() => {})
    await settled()
    bench.client.disconnect()
    await expect(waiting).rejects.toMatchObject({ code: 'disconnected' })
    bench.client.connect()
    const server = await bench.next()
    server.accept()
    expect(server.received).toMatchObject([{ type: 'subscribe', room: 'chat:1', recover: at(1) }])
  })

  it('ignores a push of a type that it does not know', async () => {
    await subscribed()
    bench.server.pushRaw('{"type":"fromTheFuture","room":"chat:1"}')
    bench.server.publish(1)
    expect(texts).toEqual(['text 1'])
  })

  it('gives signals while it is subscribed', async () => {
    const seen: unknown[] = []
    room.on('typing', ({ data, from }) => seen.push([data.on, from?.userId]))
    const signal = {
      type: 'signal',
      room: 'chat:1',
      signal: 'typing',
      from: { userId: 'bob', clientId: 'b' },
    } as const
    bench.server.push({ ...signal, data: { on: false } })
    await subscribed()
    bench.server.push({ ...signal, data: { on: true } })
    expect(seen).toEqual([[true, 'bob']])
  })

  it('sends signals only while it is connected, and not past a full network', async () => {
    room.signal('typing', { on: true })
    expect(bench.server.received).toEqual([
      { type: 'signal', room: 'chat:1', signal: 'typing', data: { on: true } },
    ])
    bench.server.received.length = 0
    bench.server.bufferedBytes = 100_000
    room.signal('typing', { on: false })
    bench.server.close()
    room.signal('typing', { on: false })
    await bench.reconnect()
    expect(bench.connections.flatMap(({ types }) => types)).toEqual([])
  })

  it('goes on when a handler throws, and tells the client', async () => {
    const errors: unknown[] = []
    bench.client.on('error', (error) => errors.push(error))
    const mistake = new Error('mistake')
    const calls: string[] = []
    const off = room.on('message', () => {
      calls.push('first')
      throw mistake
    })
    room.on('message', () => calls.push('second'))
    await subscribed()
    bench.server.publish(1)
    off()
    bench.server.publish(2)
    expect(errors).toEqual([mistake])
    expect(calls).toEqual(['first', 'second', 'second'])
  })

  it('is forgotten when nobody uses it, but not while a handler waits', async () => {
    const lease = await subscribed()
    lease.release()
    await bench.clock.advance(250)
    bench.client.room('chat:{roomId}', { roomId: 'other' }).on('message', () => {})
    await subscribed()
    bench.server.publish(1)
    expect(texts).toEqual(['text 1'])
  })
})
