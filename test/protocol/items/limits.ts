// §4: the limits that a server announces, and the signs of life.
import { holds, same } from '../../conformance/check.ts'
import { call, enter, range, subscribe, watch } from '../commands.ts'
import type { Item } from '../item.ts'
import type { Payload } from '../wire-codec.ts'

const sizeOf = (payload: Payload): number => Buffer.byteLength(payload)

export const LIMITS: readonly Item[] = [
  {
    id: '4.20',
    statement: 'a message of maxMessageBytes is taken, one of a byte more closes with 1009',
    test: async (trial) => {
      const peer = await trial.client()
      const { maxMessageBytes } = peer.identity.limits
      const ofSize = (bytes: number) => {
        const empty = { type: 'ping', id: 9, pad: 'x'.repeat(bytes >> 1) }
        const missing = bytes - sizeOf(trial.codec.encode(empty))
        return { ...empty, pad: empty.pad + 'x'.repeat(missing) }
      }
      same(sizeOf(trial.codec.encode(ofSize(maxMessageBytes))), maxMessageBytes, 'the bytes that are sent')
      same(await peer.result(ofSize(maxMessageBytes)), {}, 'the answer')
      peer.send(ofSize(maxMessageBytes + 1))
      await peer.expectClosed(1009)
    },
  },
  {
    id: '4.21',
    statement: 'one subscription more than maxSubscriptions is limitExceeded, until another has ended',
    test: async (trial) => {
      const peer = await trial.client()
      const { maxSubscriptions } = peer.identity.limits
      const rooms = range(1, maxSubscriptions).map(() => trial.room())
      for (const room of rooms) await subscribe(peer, room)
      await peer.refused({ type: 'subscribe', room: trial.room() }, 'limitExceeded')
      await subscribe(peer, rooms[0]!)
      await peer.result({ type: 'unsubscribe', room: rooms[0]! })
      await subscribe(peer, trial.room())
    },
  },
  {
    id: '4.22',
    statement: 'as many rooms may be entered and watched, each counted by itself; one more is limitExceeded',
    test: async (trial) => {
      const peer = await trial.client()
      for (let count = 0; count < peer.identity.limits.maxSubscriptions; count++) {
        const room = trial.room()
        await subscribe(peer, room)
        await enter(peer, room, 'Ada')
        await watch(peer, room)
      }
      const room = trial.room()
      await peer.refused({ type: 'presenceEnter', room, data: { name: 'Ada' } }, 'limitExceeded')
      await peer.refused({ type: 'presenceWatch', room }, 'limitExceeded')
    },
  },
  {
    id: '4.23',
    statement: 'with maxOutstandingCommands unanswered the server reads no more until some are answered',
    test: async (trial) => {
      const room = trial.room()
      const [peer, other] = [await trial.client(), await trial.client()]
      const held = range(1, peer.identity.limits.maxOutstandingCommands + 1).map(() =>
        peer.command({ type: 'call', room, call: 'hold' }),
      )
      const ping = peer.command({ type: 'ping' })
      for (let count = 0; count < 10; count++) await other.expectAlive()
      holds(!peer.answered.has(ping), 'no answer while so many wait', 'an answer')
      // The one too many is held only once it has been read, so one release need not reach it.
      const release = async (): Promise<void> => {
        while (held.some((id) => !peer.answered.has(id))) await call(other, room, 'release')
      }
      await Promise.all([release(), ...held.map((id) => peer.answer(id)), peer.answer(ping)])
    },
  },
  {
    id: '4.24',
    statement: 'a client that sends commands faster than its rate bucket refills is closed with 4001',
    test: async (trial) => {
      const [peer, bystander] = [await trial.client(), await trial.client()]
      for (let id = 1_000; id < 4_000; id++) peer.command({ type: 'ping', id })
      await peer.expectClosed(4001)
      await bystander.expectAlive()
    },
  },
  {
    id: '4.25',
    statement: 'a connection on which nothing happens is pinged (RFC 6455)',
    test: async (trial) => {
      await (await trial.client()).expectPing()
    },
  },
]
