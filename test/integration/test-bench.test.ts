// `@roomcast/server/testing` as an application's tests use it: with the real client, no sockets, and no time that passes.
import { createClient, type Client } from '@roomcast/client'
import { msgpackCodec } from '@roomcast/client/msgpack'
import { jsonCodec } from '@roomcast/protocol/wire'
import type { Identity, Roomcast } from '@roomcast/server'
import { createTestBench, type TestBench, type TestNetwork } from '@roomcast/server/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contract, type TestContract } from '../support/start-server.ts'

/** What an application does with its server, in production and here. */
function addChannels(roomcast: Roomcast<TestContract, Identity>): void {
  roomcast.channel('chat:{roomId}', {
    canSubscribe: ({ session }) => session.userId !== 'eve',
    canPublish: { message: () => true, typing: () => true },
    calls: { rename: () => ({ ok: true }) },
  })
}

describe.each([
  ['JSON', jsonCodec],
  ['MessagePack', msgpackCodec],
])('a client that speaks %s on a test bench', (_name, codec) => {
  let bench: TestBench<TestContract, Identity>

  beforeEach(() => {
    bench = createTestBench<TestContract, Identity>({
      contract,
      authenticate: ({ token }) => (token ? { userId: token } : null),
    })
    addChannels(bench.roomcast)
  })

  afterEach(async () => {
    await bench.close()
    expect(bench.logger.messages('error')).toEqual([])
  })

  const join = (token: string, network: TestNetwork = bench.network()): Client<TestContract> =>
    createClient<TestContract>({ ...network.client, codec, version: 1, token })

  it('publishes and receives, and all that has to be waited for is awaited', async () => {
    const ada = join('ada').room('chat:{roomId}', { roomId: '1' })
    const received: unknown[] = []
    ada.on('message', ({ data, from }) => received.push([data.text, from?.userId]))
    await ada.subscribe()
    await join('grace').room('chat:{roomId}', { roomId: '1' }).publish('message', { text: 'hello' })
    await bench.roomcast
      .room('chat:{roomId}', { roomId: '1' })
      .publish('message', { text: 'from the server' })
    await bench.settle()
    expect(received).toEqual([
      ['hello', 'grace'],
      ['from the server', undefined],
    ])
  })

  it('refuses as the application says', async () => {
    const room = join('eve').room('chat:{roomId}', { roomId: '1' })
    await expect(room.subscribe()).rejects.toMatchObject({ code: 'forbidden' })
    await expect(join('').room('chat:{roomId}', { roomId: '1' }).subscribe()).rejects.toMatchObject({
      code: 'closed',
    })
  })

  it('comes back after its connection was lost, and receives what it missed', async () => {
    const network = bench.network()
    const client = join('ada', network)
    const room = client.room('chat:{roomId}', { roomId: '1' })
    const received: string[] = []
    room.on('message', ({ data }) => received.push(data.text))
    await room.subscribe()

    network.goDown()
    expect(client.state).toBe('connecting')
    await bench.roomcast.room('chat:{roomId}', { roomId: '1' }).publish('message', { text: 'missed' })
    await bench.advance(60_000)
    expect(client.state).toBe('connecting')
    network.goUp()
    await bench.advance(20_000)
    expect(client.state).toBe('connected')
    expect(received).toEqual(['missed'])
  })

  it('is present for a grace after its connection was lost, and no longer', async () => {
    const network = bench.network()
    await join('ada', network).room('chat:{roomId}', { roomId: '1' }).presence.enter({ name: 'Ada' })
    const { presence } = join('grace').room('chat:{roomId}', { roomId: '1' })
    await presence.watch()
    const names = (): readonly string[] => presence.members.map(({ data }) => data.name)

    network.goDown()
    await bench.advance(29_999)
    expect(names()).toEqual(['Ada'])
    await bench.advance(1)
    expect(names()).toEqual([])
  })

  it('survives a deployment', async () => {
    const client = join('ada')
    await client.room('chat:{roomId}', { roomId: '1' }).subscribe()
    await bench.close()
    expect(client.state).toBe('connecting')
  })
})
