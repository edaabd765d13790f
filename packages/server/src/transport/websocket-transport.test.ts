import { msgpackCodec } from '@roomcast/protocol/msgpack'
import { jsonCodec } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { openPair } from '../testing/websocket/connection-pair.ts'
import { defineTransportContract } from './transport-contract.ts'
import { WebSocketTransport } from './websocket-transport.ts'

const HIGH_WATER_MARK_BYTES = 64 * 1024

/** Whether the peer has been told that the connection is over, and has not ended its side. */
const isOver = ({ peer }: ReturnType<typeof openPair>): boolean =>
  peer.events.some(({ type }) => type === 'closed') && peer.socket.writable

defineTransportContract('WebSocketTransport', () => {
  const clock = new FakeClock()
  const pairs: ReturnType<typeof openPair>[] = []
  return {
    highWaterMarkBytes: HIGH_WATER_MARK_BYTES,
    open: () => {
      const pair = openPair({ highWaterMarkBytes: HIGH_WATER_MARK_BYTES }, undefined, clock)
      pairs.push(pair)
      const { connection, peer, socket } = pair
      return {
        transport: new WebSocketTransport(connection, jsonCodec),
        peer: {
          read: () => peer.read(),
          send: (text) => peer.sendText(text),
          close: (code, reason) => {
            peer.protocol.close(code, reason)
            peer.flush()
          },
          lose: () => {
            peer.socket.destroy()
            socket.destroy(new Error('ECONNRESET'))
          },
          get texts() {
            return peer.texts
          },
        },
      }
    },
    settle: async () => {
      await clock.settle()
      // The peer's machine answers a Close, which it writes when told to.
      for (const { peer } of pairs.filter(isOver)) peer.socket.end(Buffer.concat(peer.protocol.takeOutput()))
      await clock.settle()
    },
  }
})

describe('WebSocketTransport', () => {
  it('knows the address of its client', () => {
    expect(new WebSocketTransport(openPair().connection, jsonCodec).remoteAddress).toBeUndefined()
  })

  it('shares a grouping with those of its codec only', () => {
    const of = (codec: typeof jsonCodec): object =>
      new WebSocketTransport(openPair().connection, codec).grouping
    expect(of(jsonCodec)).toBe(of(jsonCodec))
    expect(of(jsonCodec)).not.toBe(of(msgpackCodec))
  })
})
