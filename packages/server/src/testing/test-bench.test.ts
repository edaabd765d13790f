import { jsonCodec, type Payload } from '@roomcast/protocol/wire'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestBench } from './test-bench.ts'
import { testContract } from './test-instance.ts'
import type { TestNetwork, TestTransportConnection } from './test-network.ts'

/** What one end was told, in order. */
class Heard {
  readonly events: unknown[] = []

  open(protocol: string): void {
    this.events.push(protocol)
  }

  message(payload: Payload): void {
    this.events.push(jsonCodec.decode(payload))
  }

  close(code: number, reason: string): void {
    this.events.push([code, reason])
  }
}

const URL = 'ws://test.invalid/realtime?a=1'

describe('a test bench', () => {
  let bench: ReturnType<typeof makeBench>
  let network: TestNetwork
  let heard: Heard
  const authenticate = vi.fn(({ token }: { token: string | undefined }) => (token ? { userId: token } : null))

  const makeBench = () => createTestBench({ contract: testContract, authenticate })

  beforeEach(() => {
    authenticate.mockClear()
    bench = makeBench()
    network = bench.network({ headers: { cookie: 'a=b' }, remoteAddress: '192.0.2.1' })
    heard = new Heard()
  })

  afterEach(async () => {
    await bench.close()
    expect(bench.logger.messages('error')).toEqual([])
  })

  const open = (protocols: readonly string[] = [jsonCodec.subprotocol]): TestTransportConnection =>
    network.client.transport(URL, protocols, heard)

  const openAs = async (token: string): Promise<TestTransportConnection> => {
    const connection = open()
    await bench.settle()
    connection.send(jsonCodec.encode({ type: 'connect', id: 1, token }))
    await bench.settle()
    return connection
  }

  it('tells nothing before the transport has returned its connection', async () => {
    open()
    expect(heard.events).toEqual([])
    await bench.settle()
    expect(heard.events).toEqual(['roomcast.v1.json'])
    expect(network.connectionCount).toBe(1)
  })

  it('runs a session for each connection, and tells authenticate of the request', async () => {
    await openAs('ada')
    expect(heard.events[1]).toMatchObject({ type: 'reply', id: 1, result: { userId: 'ada' } })
    expect(bench.roomcast.sessionCount).toBe(1)
    expect(authenticate).toHaveBeenCalledWith({
      token: 'ada',
      request: { url: '/realtime?a=1', headers: { cookie: 'a=b' }, remoteAddress: '192.0.2.1' },
    })
  })

  it('delivers MessagePack to those who offer it', async () => {
    open(['unknown', 'roomcast.v1.msgpack'])
    await bench.settle()
    expect(heard.events).toEqual(['roomcast.v1.msgpack'])
  })

  it('closes what offers no codec that the server knows with 4501', async () => {
    open(['unknown'])
    await bench.settle()
    expect(heard.events).toEqual([[4501, 'unsupportedProtocol']])
    expect(network.connectionCount).toBe(0)
  })

  it('closes as a real connection does, with an answer', async () => {
    const connection = await openAs('ada')
    connection.close(1000, 'goodbye')
    await bench.settle()
    expect(heard.events.at(-1)).toEqual([1000, 'goodbye'])
    expect(network.connectionCount).toBe(0)
  })

  it('never opens what was closed before it could', async () => {
    open().close(1000, '')
    await bench.settle()
    expect(heard.events).toEqual([[1006, '']])
  })

  it('loses what is cut, with what was on its way', async () => {
    const connection = await openAs('ada')
    connection.send(jsonCodec.encode({ type: 'ping', id: 2 }))
    expect(connection.bufferedBytes).toBeGreaterThan(0)
    network.cut()
    await bench.settle()
    expect(heard.events.slice(2)).toEqual([[1006, '']])
    expect(bench.roomcast.sessionCount).toBe(0)
  })

  it('lets nobody through while it is down', async () => {
    network.goDown()
    open()
    await bench.settle()
    expect(heard.events).toEqual([[1006, '']])
    network.goUp()
    open()
    await bench.settle()
    expect(heard.events.at(-1)).toBe('roomcast.v1.json')
  })

  it('cuts one network and leaves the others alone', async () => {
    const other = new Heard()
    bench.network().client.transport(URL, [jsonCodec.subprotocol], other)
    open()
    await bench.settle()
    network.cut()
    expect(heard.events.at(-1)).toEqual([1006, ''])
    expect(other.events).toEqual(['roomcast.v1.json'])
  })

  it('moves time only when told to', async () => {
    open()
    await bench.settle()
    expect(bench.clock.now()).toBe(Date.UTC(2026, 0, 1))
    await bench.advance(9_999)
    expect(heard.events).toHaveLength(1)
    await bench.advance(1)
    expect(heard.events.at(-1)).toEqual([4000, 'connectTimeout'])
  })

  it('closes with 1012, as a deployment does', async () => {
    await openAs('ada')
    await bench.close()
    expect(heard.events.at(-1)).toEqual([1012, 'restart'])
  })

  it('gives equal ids for equal seeds', async () => {
    const idOf = async (seed: number): Promise<string> => {
      const { roomcast } = createTestBench({ contract: testContract, authenticate: () => null, seed })
      return (await roomcast.room('chat:{roomId}', { roomId: '1' }).publish('message', { text: 'a' })).id
    }
    expect(await idOf(1)).toBe(await idOf(1))
    expect(await idOf(1)).not.toBe(await idOf(2))
  })
})
