// §2: the values that both codecs carry, and those that they do not.
import { holds, same } from '../../conformance/check.ts'
import { call, publications, publish, publishing, subscribe } from '../commands.ts'
import type { Item } from '../item.ts'
import type { Peer } from '../peer.ts'
import { withText, type Payload } from '../wire-codec.ts'

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.1,
  1e300,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  -(2 ** 53 - 1),
  '',
  'é € 😀 \u0000 " \\ /',
  'x'.repeat(70_000),
  [],
  [[], {}, [null]],
  {},
  { '': 1, a: { b: [1, 'two', null] }, constructor: 1, toString: 2 },
  Array.from({ length: 300 }, (_, index) => index),
]

/** Arrays and objects in turn, so many of them. */
function nested(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 ? { a: value } : [value]
  return value
}

/** A payload with arrays in arrays instead of its text `DATA`: more than an encoder has the stack for. */
function withNesting(payload: Payload, levels: number): Payload {
  if (typeof payload === 'string') return payload.replace('"DATA"', '['.repeat(levels) + ']'.repeat(levels))
  const bytes = Buffer.from(payload)
  const at = bytes.indexOf('DATA') - 1 // before it, a byte of its type and length
  const arrays = [Buffer.alloc(levels, 0x91), Buffer.of(0xc0)]
  return Buffer.concat([bytes.subarray(0, at), ...arrays, bytes.subarray(at + 5)])
}

/** Passes if a command is an invalidCommand, or could not be decoded. */
async function expectRefusal(peer: Peer, id: number): Promise<void> {
  const code = await peer.answer(id).then(
    (answer) => (answer.type === 'error' ? answer.error.code : 'no error'),
    () => 'closed',
  )
  if (code === 'closed') await peer.expectClosed(4500)
  else same(code, 'invalidCommand', 'the error')
}

export const DATA: readonly Item[] = [
  {
    id: '2.20',
    statement: "every value of JSON's model comes back as it was sent, over either codec",
    test: async (trial) => {
      const room = trial.room()
      const [sender, receiver] = [await trial.client(), await trial.client({}, { codec: trial.otherCodec })]
      await subscribe(sender, room)
      await subscribe(receiver, room)
      for (const data of VALUES) {
        await publish(sender, room, '', { event: 'note', data })
        for (const peer of [sender, receiver]) {
          const [publication] = await publications(peer, room, 1)
          same(publication!.data, data, 'the data')
        }
        same((await call(sender, room, 'echo', data)).data, data, 'the answer')
      }
    },
  },
  {
    id: '2.21',
    statement: 'a key __proto__ closes with 4500, however deep and however written',
    test: async (trial) => {
      const { codec } = trial
      const hidden = codec.name === 'json' ? [String.raw`\u005f_proto__`, String.raw`__pr\u006fto__`] : []
      for (const key of ['__proto__', ...hidden]) {
        for (const data of [{ KEY_PROTO: 1 }, [{ a: { KEY_PROTO: { b: 1 } } }]]) {
          const peer = await trial.client()
          const message = publishing(trial.room(), '', { id: 9, event: 'note', data })
          peer.sendPayload(withText(codec.encode(message), 'KEY_PROTO', key))
          await peer.expectClosed(4500)
        }
      }
    },
  },
  {
    id: '2.22',
    statement: 'data of 64 levels is taken',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      await subscribe(peer, room)
      await publish(peer, room, '', { event: 'note', data: nested(64) })
      const [publication] = await publications(peer, room, 1)
      same(publication!.data, nested(64), 'the data')
    },
  },
  {
    id: '2.23',
    statement: 'data of 65 levels is an invalidCommand, and in a signal closes with 4500',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      const data = nested(65)
      await peer.refused(publishing(room, '', { event: 'note', data }), 'invalidCommand')
      await peer.refused({ type: 'call', room, call: 'echo', data }, 'invalidCommand')
      await peer.refused({ type: 'presenceEnter', room, data }, 'invalidCommand')
      peer.send({ type: 'signal', room, signal: 'typing', data })
      await peer.expectClosed(4500)
    },
  },
  {
    id: '2.24',
    statement: 'data that nests without end harms nobody: it is an invalidCommand or closes with 4500',
    test: async (trial) => {
      const [peer, bystander] = [await trial.client(), await trial.client()]
      const id = peer.command(publishing(trial.room(), '', { event: 'note', data: 'DATA' }), (message) =>
        withNesting(trial.codec.encode(message), 20_000),
      )
      await expectRefusal(peer, id)
      await bystander.expectAlive()
    },
  },
  {
    id: '2.25',
    statement: 'data with a number that is not finite is an invalidCommand or closes with 4500',
    test: async (trial) => {
      const { codec } = trial
      const peer = await trial.client()
      const data = codec.name === 'json' ? 'NUMBER' : Infinity
      const id = peer.command(publishing(trial.room(), '', { event: 'note', data }), (message) =>
        withText(codec.encode(message), '"NUMBER"', '1e999'),
      )
      await expectRefusal(peer, id)
    },
  },
  {
    id: '2.26',
    statement: 'fields that a command does not have are ignored',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.open()
      const extra = { extra: { deeply: ['unknown'] } }
      const { userId, clientId } = await peer.connect({ token: trial.user(), ...extra })
      await subscribe(peer, room, extra)
      await publish(peer, room, 'a', { ...extra, from: { userId: 'eve', clientId: 'c' }, offset: 7, time: 1 })
      const [publication] = await publications(peer, room, 1)
      same(publication!.from, { userId, clientId }, 'the publisher, whatever the command says')
      same(publication!.offset, 1, 'the offset, whatever the command says')
      holds(!('extra' in publication!), 'a publication without the field', publication)
      same(await peer.result({ type: 'ping', ...extra }), {}, 'the answer to ping')
    },
  },
]
