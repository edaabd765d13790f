import { afterEach, describe, expect, it, vi } from 'vitest'
import * as face from './index.ts'
import * as msgpackFace from './msgpack.ts'
import { createBench, createConnectedBench } from './testing/fake-server.ts'
import { settled } from './testing/fake-clock.ts'

describe('the public face', () => {
  it('is this and nothing else', () => {
    expect(Object.keys(face).sort()).toEqual(['RoomcastError', 'createClient', 'settle'])
    expect(Object.keys(msgpackFace)).toEqual(['msgpackCodec'])
  })
})

describe('a client', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('tells each change of its status', async () => {
    const bench = createBench()
    const seen: string[] = []
    bench.client.on('state', ({ state, attempt }) => seen.push(`${state} ${attempt}`))
    bench.client.connect()
    await settled()
    bench.server.accept()
    await bench.reconnect()
    bench.client.disconnect()
    expect(seen).toEqual([
      'connecting 0',
      'connected 0',
      'connecting 1',
      'connecting 1',
      'connected 0',
      'disconnected 0',
    ])
  })

  it('gives the same status object until it changes', async () => {
    const { client } = await createConnectedBench()
    const watched = client.watch(() => client.status)
    const before = watched.getSnapshot()
    expect(client.status).toBe(before)
    let calls = 0
    watched.subscribe(() => calls++)
    client.disconnect()
    expect(watched.getSnapshot().state).toBe('disconnected')
    expect(calls).toBe(1)
  })

  it('tells watchers of a room', async () => {
    const bench = await createConnectedBench()
    const room = bench.client.room('chat:{roomId}', { roomId: '1' })
    const states: string[] = []
    const watched = room.watch(() => room.status)
    watched.subscribe(() => states.push(watched.getSnapshot()))
    room.subscribe().catch(() => {})
    await settled()
    bench.server.grant()
    bench.server.close()
    expect(states).toEqual(['subscribing', 'subscribed', 'subscribing'])
  })

  it('says when the server runs another contract, but not the first time', async () => {
    const bench = createBench()
    const hashes: string[] = []
    bench.client.on('contractChanged', ({ contractHash }) => hashes.push(contractHash))
    bench.client.connect()
    await settled()
    bench.server.accept()
    await bench.reconnect()
    await bench.reconnect({ contractHash: 'hash-2' })
    expect(hashes).toEqual(['hash-2'])
  })

  it('sends what a handler of `connected` publishes after what has been waiting', async () => {
    const bench = createBench()
    const room = bench.client.room('chat:{roomId}', { roomId: '1' })
    const publish = (text: string) => void room.publish('message', { text }).catch(() => {})
    bench.client.on('state', ({ state }) => {
      if (state === 'connected') publish('new')
    })
    publish('waiting')
    await settled()
    bench.server.accept()
    expect(bench.server.received).toMatchObject([{ data: { text: 'waiting' } }, { data: { text: 'new' } }])
  })

  it('may be stopped by a handler of its own state', async () => {
    const bench = await createConnectedBench()
    bench.client.on('state', ({ state }) => {
      if (state === 'connecting') bench.client.disconnect()
    })
    bench.server.close()
    expect(bench.client.state).toBe('disconnected')
    expect(bench.clock.timerCount).toBe(0)
  })

  it('hands errors that nobody handles to the host', async () => {
    const reported: unknown[] = []
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
    const { client } = createBench()
    client.on('state', () => {
      throw new Error('mistake')
    })
    client.connect()
    expect(reported).toEqual([new Error('mistake')])
  })

  it('survives a handler of errors that throws', () => {
    const reported: unknown[] = []
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
    const { client } = createBench()
    client.on('error', () => {
      throw new Error('worse')
    })
    client.on('state', () => {
      throw new Error('mistake')
    })
    client.connect()
    expect(reported).toEqual([new Error('worse')])
    expect(client.state).toBe('connecting')
  })

  it('tries at once when the network is back', async () => {
    const window = new EventTarget()
    vi.stubGlobal('addEventListener', window.addEventListener.bind(window))
    const bench = await createConnectedBench()
    bench.server.close()
    expect(bench.client.status.nextAttemptAt).toBeDefined()
    window.dispatchEvent(new Event('online'))
    await settled()
    expect(bench.connections).toHaveLength(2)
    bench.server.accept()
    window.dispatchEvent(new Event('offline'))
    expect(bench.server.types).toEqual(['ping'])
  })

  it('names a room by its parameters', () => {
    const { client } = createBench()
    expect(client.room('chat:{roomId}', { roomId: 'a b' }).name).toBe('chat:a%20b')
    expect(client.room('lobby').name).toBe('lobby')
  })
})
