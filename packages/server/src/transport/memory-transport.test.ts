import { jsonCodec, type Payload } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { MemoryTransport, type Network } from './memory-transport.ts'
import { defineTransportContract } from './transport-contract.ts'
import { OutgoingMessage } from './transport.ts'

const at = (network: Network): ReturnType<typeof MemoryTransport.pair> =>
  MemoryTransport.pair({ codec: jsonCodec, network })
const instantly: Network = (arrive) => arrive()
const message = (payload: Payload): OutgoingMessage => new OutgoingMessage(payload)

/** Starts an end and keeps what happens on it. */
function listen(transport: MemoryTransport): Payload[] {
  const seen: Payload[] = []
  transport.start({
    message: (payload) => seen.push(payload),
    close: (code, reason) => seen.push(`close ${code} ${reason}`),
  })
  return seen
}

defineTransportContract('MemoryTransport', () => ({
  highWaterMarkBytes: 1024,
  open: () => {
    const { server, client } = MemoryTransport.pair({ codec: jsonCodec, highWaterMarkBytes: 1024 })
    const texts: string[] = []
    return {
      transport: server,
      peer: {
        read: () => client.start({ message: (payload) => texts.push(String(payload)), close: () => {} }),
        send: (text) => client.send(message(text)),
        close: (code, reason) => client.close(code, reason),
        lose: () => client.cut(),
        texts,
      },
    }
  },
  settle: () => new FakeClock().settle(),
}))

describe('MemoryTransport', () => {
  it('carries messages both ways, in order', () => {
    const { server, client } = at(instantly)
    const [atServer, atClient] = [listen(server), listen(client)]
    client.send(message('a'))
    client.send(message('b'))
    server.send(message('c'))
    expect(atServer).toEqual(['a', 'b'])
    expect(atClient).toEqual(['c'])
  })

  it('delivers what arrived before it was started', () => {
    const { server, client } = at(instantly)
    client.send(message('a'))
    client.close(1000, 'bye')
    expect(listen(server)).toEqual(['a', 'close 1000 bye'])
  })

  it('delivers in a later microtask unless a network is given', async () => {
    const { server, client } = MemoryTransport.pair({ codec: jsonCodec, remoteAddress: '192.0.2.1' })
    const seen = listen(server)
    client.send(message('a'))
    expect(seen).toEqual([])
    await Promise.resolve()
    expect(seen).toEqual(['a'])
    expect([server.remoteAddress, client.remoteAddress]).toEqual(['192.0.2.1', undefined])
  })

  it('keeps the order of what was sent when the network reorders it', () => {
    const arrivals: (() => void)[] = []
    const { server, client } = at((arrive) => arrivals.push(arrive))
    const seen = listen(server)
    for (const payload of ['a', 'b', 'c']) client.send(message(payload))
    arrivals[2]?.()
    arrivals[1]?.()
    expect(seen).toEqual([])
    arrivals[0]?.()
    expect(seen).toEqual(['a', 'b', 'c'])
  })

  it('delivers no message while paused and loses none', () => {
    const { server, client } = at(instantly)
    const seen = listen(server)
    server.pause()
    client.send(message('a'))
    client.send(message('b'))
    client.close(1000, '')
    expect(seen).toEqual([])
    server.resume()
    expect(seen).toEqual(['a', 'b', 'close 1000 '])
  })

  it('stops at once when it is paused by the handler of a message', () => {
    const { server, client } = MemoryTransport.pair({ codec: jsonCodec, network: instantly })
    const seen: Payload[] = []
    client.send(message('a'))
    client.send(message('b'))
    server.start({
      message: (payload) => {
        seen.push(payload)
        server.pause()
      },
      close: () => {},
    })
    expect(seen).toEqual(['a'])
    server.resume()
    expect(seen).toEqual(['a', 'b'])
  })

  it('counts the bytes that the peer has not read', () => {
    const { server, client } = at(instantly)
    listen(client)
    client.pause()
    server.send(message('é'))
    server.send(message(Uint8Array.of(1, 2, 3)))
    expect(server.bufferedBytes).toBe(5)
    client.resume()
    expect(server.bufferedBytes).toBe(0)
  })

  it('closes by a handshake, after what was sent and before anything sent later', () => {
    const { server, client } = at(instantly)
    const [atServer, atClient] = [listen(server), listen(client)]
    server.send(message('last'))
    server.close(4002, 'slowConsumer')
    server.send(message('too late'))
    server.close(1000, 'again')
    expect(atClient).toEqual(['last', 'close 4002 slowConsumer'])
    expect(atServer).toEqual(['close 4002 slowConsumer'])
  })

  it('ends both sides once when both close at the same time', () => {
    const arrivals: (() => void)[] = []
    const { server, client } = at((arrive) => arrivals.push(arrive))
    const [atServer, atClient] = [listen(server), listen(client)]
    server.close(4001, '')
    client.close(1000, '')
    for (const arrive of arrivals) arrive()
    expect(atServer).toEqual(['close 1000 '])
    expect(atClient).toEqual(['close 4001 '])
  })

  it('reads over the messages that still arrive once it closes, even while paused', () => {
    const { server, client } = at(instantly)
    const [atServer, atClient] = [listen(server), listen(client)]
    server.pause()
    client.send(message('a'))
    server.close(4000, '')
    expect(atServer).toEqual(['close 4000 '])
    expect(atClient).toEqual(['close 4000 '])
    expect(client.bufferedBytes).toBe(0)
  })

  it('loses what is on its way when it is cut, and tells both ends once', () => {
    const arrivals: (() => void)[] = []
    const { server, client } = at((arrive) => arrivals.push(arrive))
    const [atServer, atClient] = [listen(server), listen(client)]
    client.send(message('a'))
    client.cut()
    for (const arrive of arrivals) arrive()
    server.cut()
    expect(atServer).toEqual(['close 1006 '])
    expect(atClient).toEqual(['close 1006 '])
    expect(client.bufferedBytes).toBe(0)
  })
})
