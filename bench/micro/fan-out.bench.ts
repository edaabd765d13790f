// From a publication that reaches a room to those who receive it.
import { jsonCodec } from '../../packages/protocol/src/wire.ts'
import type { StoredPublication } from '../../packages/server/src/broker/broker.ts'
import { HubRoom } from '../../packages/server/src/hub/hub-room.ts'
import { MemoryTransport } from '../../packages/server/src/transport/memory-transport.ts'
import type { Transport } from '../../packages/server/src/transport/transport.ts'
import { WebSocketTransport } from '../../packages/server/src/transport/websocket-transport.ts'
import { expectCount, type MicroCase } from './case.ts'
import { Crowd } from './connections.ts'

const SUBSCRIBERS = 1000
const BURSTS = [1, 10]
const JSON_DATA = JSON.stringify({ text: 'x'.repeat(80), at: 1_700_000_000_000 })

/** A room whose stream goes on for ever. */
class Stream {
  readonly #room = new HubRoom('chat:lobby')
  #offset = 0

  constructor(transports: readonly Transport[]) {
    for (const transport of transports) this.#subscribe(transport)
  }

  publish(): void {
    const publication: StoredPublication = {
      id: 'publication',
      event: 'message',
      from: { clientId: 'client', userId: 'user' },
      json: JSON_DATA,
      offset: ++this.#offset,
      tag: this.#offset,
      time: 1_700_000_000_000,
    }
    this.#room.publication('epoch', publication)
  }

  #subscribe(transport: Transport): void {
    const subscriber: Parameters<HubRoom['add']>[0] = {
      transport,
      publication: (_at, message) => transport.send(message.in(transport.codec)),
      interrupted: () => {
        throw new Error('interrupted')
      },
    }
    this.#room.add(subscriber)
    // Rooms of old gave each publication to each subscriber, however long it had been there.
    if ('goLive' in this.#room) this.#room.goLive(subscriber, { epoch: 'epoch', offset: 0, tag: 0 })
  }
}

const overMemory: MicroCase = {
  name: 'memory transports',
  unit: 'delivery',
  units: SUBSCRIBERS,
  prepare: () => {
    let received = 0
    const transports = Array.from({ length: SUBSCRIBERS }, () => {
      const { server, client } = MemoryTransport.pair({ codec: jsonCodec, network: (arrive) => arrive() })
      client.start({ message: () => void received++, close: () => {} })
      return server
    })
    const stream = new Stream(transports)
    return () => {
      received = 0
      stream.publish()
      expectCount('deliveries', received, SUBSCRIBERS)
    }
  },
}

const overConnections = BURSTS.map((count): MicroCase => ({
  name: `connections, ${count === 1 ? '1 publication' : `${count} publications`} a turn`,
  unit: 'delivery',
  units: SUBSCRIBERS * count,
  prepare: async () => {
    const crowd = await Crowd.open(SUBSCRIBERS)
    const stream = new Stream(
      crowd.connections.map((connection) => new WebSocketTransport(connection, jsonCodec)),
    )
    return async () => {
      const before = crowd.writtenBytes
      for (let index = 0; index < count; index++) stream.publish()
      await crowd.endTurn()
      crowd.expectWritten(before, count * JSON_DATA.length)
    }
  },
}))

export const cases: readonly MicroCase[] = [overMemory, ...overConnections]
