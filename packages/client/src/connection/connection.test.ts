import { CLOSE_CODES } from '@roomcast/protocol/wire'
import { describe, expect, it, vi } from 'vitest'
import { createBench, createConnectedBench } from '../testing/fake-server.ts'
import { settled } from '../testing/fake-clock.ts'

describe('connecting', () => {
  it('opens nothing until it is used', async () => {
    const { connections, client, clock } = createBench()
    client.room('chat:{roomId}', { roomId: '1' }).on('message', () => {})
    await settled()
    expect(connections).toEqual([])
    expect(client.status).toEqual({ state: 'disconnected', attempt: 0 })
    expect(clock.timerCount).toBe(0)
  })

  it('sends token and version in the first message, never in the URL', async () => {
    const bench = createBench({ token: async () => 'secret token', version: 3 })
    bench.client.connect()
    await settled()
    expect(bench.server.url).toBe('wss://test')
    expect(bench.server.protocols).toEqual(['roomcast.v1.json'])
    expect(bench.server.accept()).toEqual({ type: 'connect', id: 1, token: 'secret token', version: 3 })
    expect(bench.client).toMatchObject({ state: 'connected', clientId: 'c1', userId: 'ada' })
  })

  it('asks for URL and token anew for each attempt', async () => {
    const token = vi.fn<() => string>().mockReturnValueOnce('a').mockReturnValueOnce('b')
    const bench = await createConnectedBench({ token })
    bench.server.close()
    const server = await bench.next()
    server.open()
    expect(server.take('connect').token).toBe('b')
  })

  it('proves with the latest secret that it is the same client', async () => {
    const bench = await createConnectedBench()
    await bench.reconnect({ secret: 'secret-2' })
    bench.server.close()
    expect((await bench.next()).accept().resume).toEqual({ clientId: 'c1', secret: 'secret-2' })
  })

  it('waits longer after each failure, and tells until when', async () => {
    const bench = createBench()
    bench.client.connect()
    await settled()
    const waits: number[] = []
    for (let n = 0; n < 8; n++) {
      bench.server.close()
      waits.push(bench.client.status.nextAttemptAt! - bench.clock.now())
      expect(bench.client.status).toMatchObject({ state: 'connecting', attempt: n + 1 })
      await bench.next()
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000])
  })

  it('goes on counting failures after a connection that did not last', async () => {
    const bench = await createConnectedBench()
    bench.server.close()
    ;(await bench.next()).accept()
    await bench.clock.advance(9_999)
    bench.server.close()
    expect(bench.client.status.attempt).toBe(2)
    ;(await bench.next()).accept()
    await bench.clock.advance(10_000)
    bench.server.close()
    expect(bench.client.status.attempt).toBe(1)
  })

  it('gives up on an attempt that takes too long, also while it waits for the token', async () => {
    const bench = createBench({ token: () => new Promise(() => {}) })
    bench.client.connect()
    await bench.clock.advance(9_999)
    expect(bench.client.status.attempt).toBe(0)
    await bench.clock.advance(1)
    expect(bench.client.status).toMatchObject({ attempt: 1, error: { code: 'disconnected' } })
  })

  it('gives up on a server that opens but does not answer', async () => {
    const bench = createBench()
    bench.client.connect()
    await settled()
    bench.server.open()
    await bench.clock.advance(10_000)
    expect(bench.server.closedWith).toBe(CLOSE_CODES.connectTimeout)
    expect(bench.client.status.state).toBe('connecting')
  })

  it('tries again when the token cannot be had, and tells why', async () => {
    const cause = new Error('offline')
    const bench = createBench({ token: () => Promise.reject(cause) })
    bench.client.connect()
    await settled()
    expect(bench.client.status).toMatchObject({ state: 'connecting', attempt: 1, error: { cause } })
  })

  it('returns within the window that a draining server gives', async () => {
    const bench = await createConnectedBench()
    bench.server.push({ type: 'drain', windowMs: 30_000 })
    bench.server.close(1012)
    expect(bench.client.status.nextAttemptAt! - bench.clock.now()).toBe(15_000)
  })

  it('does not connect again after a final close, until told to', async () => {
    const bench = await createConnectedBench()
    bench.server.close(CLOSE_CODES.unauthorized, 'token refused')
    expect(bench.client.status).toMatchObject({
      state: 'disconnected',
      error: { code: 'closed', data: { closeCode: 4503, reason: 'token refused' } },
    })
    expect(bench.clock.timerCount).toBe(0)
    const room = bench.client.room('chat:{roomId}', { roomId: '1' })
    await expect(room.subscribe()).rejects.toMatchObject({ code: 'closed' })
    expect(bench.connections).toHaveLength(1)
    bench.client.connect()
    expect(bench.client.status).toEqual({ state: 'connecting', attempt: 0 })
    await settled()
    expect(bench.connections).toHaveLength(2)
  })

  it('stops at a server that selects another subprotocol', async () => {
    const bench = createBench()
    bench.client.connect()
    await settled()
    bench.server.open('')
    expect(bench.client.status).toMatchObject({ state: 'disconnected', error: { code: 'closed' } })
  })

  it('asks the server after a silence and gives the connection up with 4003', async () => {
    const bench = await createConnectedBench()
    await bench.clock.advance(25_000)
    const ping = bench.server.take('ping')
    bench.server.reply(ping, {})
    await bench.clock.advance(25_000)
    bench.server.take('ping')
    await bench.clock.advance(10_000)
    expect(bench.server.closedWith).toBe(CLOSE_CODES.heartbeatTimeout)
    expect(bench.client.state).toBe('connecting')
  })

  it('hears nothing more from a connection that it gave up', async () => {
    const bench = await createConnectedBench()
    const old = bench.server
    await bench.clock.advance(35_000)
    await bench.next()
    old.push({ type: 'drain', windowMs: 1 })
    old.close(4503)
    expect(bench.client.state).toBe('connecting')
  })

  it('gives up a connection that carries what is not a message', async () => {
    const bench = await createConnectedBench()
    bench.server.pushRaw('{')
    expect(bench.server.closedWith).toBe(CLOSE_CODES.malformedMessage)
    expect(bench.client.state).toBe('connecting')
  })

  it('ignores messages of a type that it does not know', async () => {
    const bench = await createConnectedBench()
    bench.server.pushRaw('{"type":"fromTheFuture"}')
    bench.server.pushRaw('null')
    bench.server.pushRaw('7')
    expect(bench.client.state).toBe('connected')
  })

  it('honours how long a busy server asks it to wait', async () => {
    const bench = createBench()
    bench.client.connect()
    await settled()
    bench.server.open()
    bench.server.refuse(bench.server.take('connect'), {
      code: 'unavailable',
      temporary: true,
      retryAfterMs: 5_000,
    })
    expect(bench.client.status.nextAttemptAt! - bench.clock.now()).toBe(5_000)
  })

  it('stops when disconnected, leaves no timer, and begins anew with connect', async () => {
    const bench = await createConnectedBench()
    bench.client.disconnect()
    expect(bench.server.closedWith).toBe(1000)
    expect(bench.client.status).toMatchObject({ state: 'disconnected', error: { code: 'disconnected' } })
    expect(bench.clock.timerCount).toBe(0)
    bench.client.connect()
    expect((await bench.next()).accept().resume).toEqual({ clientId: 'c1', secret: 'secret-1' })
  })

  it('can be disconnected while the token is on its way', async () => {
    let give = (_token: string): void => {}
    const bench = createBench({ token: () => new Promise((resolve) => (give = resolve)) })
    bench.client.connect()
    bench.client.disconnect()
    give('late')
    await settled()
    expect(bench.connections).toEqual([])
  })
})
