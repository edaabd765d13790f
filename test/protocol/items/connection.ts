// §2: the handshake, frames, and what closes a connection at once.
import { same } from '../../conformance/check.ts'
import type { Item } from '../item.ts'
import type { Payload } from '../wire-codec.ts'

/** `"type": "ping", "id": 9` in MessagePack. */
const PING = [0xa4, ...Buffer.from('type'), 0xa4, ...Buffer.from('ping'), 0xa2, ...Buffer.from('id'), 9]

/** A ping with one more field, of which a server that is not strict would take no notice. */
const pingWith = (...field: readonly number[]): Uint8Array => Uint8Array.of(0x83, ...PING, ...field)

/** The key `x`. */
const X = [0xa1, 0x78]

/** What a decoder of the codec must not take for a message. */
const UNDECODABLE: Readonly<Record<'json' | 'msgpack', readonly Payload[]>> = {
  json: [
    '',
    '{',
    'nonsense',
    "{'type':'ping','id':9}",
    '{"type":"ping","id":9,}',
    '{"type":"ping","id":9}{}',
  ],
  msgpack: [
    Uint8Array.of(),
    pingWith(...X), // cut off
    Uint8Array.of(0x82, ...PING, 0x80), // two messages
    pingWith(0x01, 0x01), // a key that is no string
    pingWith(...X, 0xc4, 0x01, 0x00), // binary
    pingWith(...X, 0xd4, 0x01, 0x00), // an extension
    pingWith(...X, 0xd6, 0xff, 0, 0, 0, 0), // a timestamp
    pingWith(...X, 0xcf, 0, 0x20, 0, 0, 0, 0, 0, 1), // 2^53 + 1
    pingWith(...X, 0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0), // not a number
    pingWith(...X, 0xdd, 0xff, 0xff, 0xff, 0xff), // a count that no message has
  ],
}

export const CONNECTION: readonly Item[] = [
  {
    id: '2.1',
    statement: 'a client without an Origin is let in, and its subprotocol is selected',
    test: async (trial) => {
      const peer = await trial.open()
      same(peer.subprotocol, trial.codec.subprotocol, 'the subprotocol')
      await peer.connect({ token: trial.user() })
    },
  },
  {
    id: '2.2',
    statement:
      'the first offered subprotocol that the server knows is selected, among those it does not know',
    test: async (trial) => {
      const { codec, otherCodec } = trial
      const protocols = ['unknown', 'roomcast.v9.json', codec.subprotocol, otherCodec.subprotocol]
      const peer = await trial.open({ protocols })
      same(peer.subprotocol, codec.subprotocol, 'the subprotocol')
      await peer.connect({ token: trial.user() })
    },
  },
  {
    id: '2.3',
    statement:
      'where no subprotocol is offered the handshake is completed and the connection closed with 4501',
    test: async (trial) => {
      const peer = await trial.open({ protocols: [] })
      await peer.expectClosed(4501)
    },
  },
  {
    id: '2.4',
    statement:
      'where only unknown versions are offered the first is selected and the connection closed with 4501',
    test: async (trial) => {
      const peer = await trial.open({ protocols: ['unknown', 'roomcast.v9.json', 'roomcast.v9.msgpack'] })
      same(peer.subprotocol, 'roomcast.v9.json', 'the subprotocol')
      await peer.expectClosed(4501)
    },
  },
  {
    id: '2.5',
    statement: "a frame of the type that is not the codec's closes with 4500, first of all and later",
    test: async (trial) => {
      const { otherCodec } = trial
      for (const peer of [await trial.open(), await trial.client()]) {
        peer.sendPayload(otherCodec.encode({ type: 'ping', id: 9 }), {
          binary: otherCodec.name === 'msgpack',
        })
        await peer.expectClosed(4500)
      }
    },
  },
  {
    id: '2.6',
    statement: 'what cannot be decoded as one message closes with 4500',
    test: async (trial) => {
      for (const payload of UNDECODABLE[trial.codec.name]) {
        const peer = await trial.client()
        peer.sendPayload(payload)
        await peer.expectClosed(4500)
      }
    },
  },
  {
    id: '2.7',
    statement: 'what is not an object closes with 4500',
    test: async (trial) => {
      for (const value of [[], [{ type: 'ping', id: 9 }], 'ping', 7, true, null]) {
        const peer = await trial.client()
        peer.send(value)
        await peer.expectClosed(4500)
      }
    },
  },
  {
    id: '2.8',
    statement: 'a command without a valid id closes with 4500, also where the command is unknown',
    test: async (trial) => {
      for (const id of [undefined, null, 0, -1, 1.5, '1', true, [1], 2 ** 53]) {
        const peer = await trial.client()
        peer.send({ type: 'ping', ...(id !== undefined && { id }) })
        await peer.expectClosed(4500)
      }
      const peer = await trial.client()
      peer.send({ type: 'unheardOf' })
      await peer.expectClosed(4500)
    },
  },
  {
    id: '2.9',
    statement: 'a first message that is malformed closes with 4500',
    test: async (trial) => {
      for (const message of [{ type: 'connect' }, { type: 'connect', id: 0 }, [], { type: 'signal' }]) {
        const peer = await trial.open()
        peer.send(message)
        await peer.expectClosed(4500)
      }
    },
  },
  {
    id: '2.10',
    statement: 'a frame that is not masked closes with 1002',
    test: async (trial) => {
      const peer = await trial.client()
      peer.sendPayload(trial.codec.encode({ type: 'ping', id: 9 }), { mask: false })
      await peer.expectClosed(1002)
    },
  },
  {
    id: '2.11',
    statement: 'a text that is not UTF-8 closes with 1007',
    test: async (trial) => {
      const peer = await trial.client()
      peer.sendPayload(Buffer.from([0x22, 0xff, 0x22]), { binary: false })
      await peer.expectClosed(1007)
    },
  },
  {
    id: '2.12',
    statement: 'what closes one connection does not touch another',
    test: async (trial) => {
      const [offender, bystander] = [await trial.client(), await trial.client()]
      offender.send([])
      await offender.expectClosed(4500)
      await bystander.expectAlive()
    },
  },
]
