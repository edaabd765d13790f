// §6: signal and call.
import { holds, same } from '../../conformance/check.ts'
import { call, publish, subscribe } from '../commands.ts'
import type { Item } from '../item.ts'

export const SIGNALS_AND_CALLS: readonly Item[] = [
  {
    id: '6.20',
    statement: 'a signal reaches who is subscribed, with its sender and without a place in the stream',
    test: async (trial) => {
      const room = trial.room()
      const [sender, receiver] = [await trial.client(), await trial.client({}, { codec: trial.otherCodec })]
      await subscribe(receiver, room)
      sender.send({ type: 'signal', room, signal: 'typing', data: { on: true } })
      const { userId, clientId } = sender.identity
      same(
        await receiver.next('signal', room),
        { type: 'signal', room, signal: 'typing', from: { userId, clientId }, data: { on: true } },
        'the signal',
      )
      same((await publish(sender, room, 'a')).offset, 1, 'the offset of the publication after it')
    },
  },
  {
    id: '6.21',
    statement: 'a signal is not stored: who subscribes later does not get it',
    test: async (trial) => {
      const room = trial.room()
      const [sender, late] = [await trial.client(), await trial.client()]
      await subscribe(sender, room)
      sender.send({ type: 'signal', room, signal: 'typing', data: { on: true } })
      await sender.next('signal', room)
      await subscribe(late, room, { rewind: 10 })
      await late.expectNo('signal', room)
    },
  },
  {
    id: '6.22',
    statement: 'a signal that is refused is dropped, and the connection goes on',
    test: async (trial) => {
      const [room, listen] = [trial.room(), trial.room('listen')]
      const [sender, receiver] = [await trial.client(), await trial.client()]
      await subscribe(receiver, room)
      await subscribe(receiver, listen)
      const refused = [
        { room: listen, signal: 'typing', data: { on: true } },
        { room, signal: 'typing', data: { on: 'maybe' } },
        { room, signal: 'unheardOf', data: 1 },
        { room, signal: 'message', data: { text: 'not a signal' } },
        { room, signal: '__proto__', data: 1 },
        { room: 'nowhere:1', signal: 'typing', data: { on: true } },
      ]
      for (const signal of refused) sender.send({ type: 'signal', ...signal })
      await sender.expectAlive()
      await receiver.expectNo('signal')
      sender.send({ type: 'signal', room, signal: 'typing', data: { on: false } })
      same((await receiver.next('signal')).data, { on: false }, 'the signal that is allowed')
    },
  },
  {
    id: '6.30',
    statement: "a call is answered with the application's data, or with null where it has none",
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      same((await call(peer, room, 'rename', { title: 'new' })).data, { ok: true }, 'the data')
      same((await call(peer, room, 'touch')).data, null, 'the data of a call without output')
      same((await call(peer, room, 'echo', null)).data, null, 'the data')
    },
  },
  {
    id: '6.31',
    statement: 'a call that fails as its contract declares is answered with that code and its data',
    test: async (trial) => {
      const peer = await trial.client()
      const command = { type: 'call', room: trial.room(), call: 'rename', data: { title: 'taken' } }
      same((await peer.refused(command, 'taken')).data, { by: 'grace' }, 'the data of the error')
    },
  },
  {
    id: '6.32',
    statement: 'a call whose handler fails otherwise is answered with internal, and tells nothing of why',
    test: async (trial) => {
      const peer = await trial.client()
      const error = await peer.refused({ type: 'call', room: trial.room(), call: 'crash' }, 'internal')
      holds(!JSON.stringify(error).includes('secret'), 'an error without details', error)
      await peer.expectAlive()
    },
  },
  {
    id: '6.33',
    statement:
      'a call that the channel does not declare is an unknownCall, one with wrong data is invalidData',
    test: async (trial) => {
      const [room, plain] = [trial.room(), trial.room('plain')]
      const peer = await trial.client()
      for (const name of ['unheardOf', '__proto__', 'constructor', 'message']) {
        await peer.refused({ type: 'call', room, call: name, data: 1 }, 'unknownCall')
      }
      await peer.refused({ type: 'call', room: plain, call: 'echo', data: 1 }, 'unknownCall')
      await peer.refused({ type: 'call', room, call: 'rename', data: { title: 7 } }, 'invalidData')
    },
  },
  {
    id: '6.34',
    statement: 'a call that takes its time holds up neither other calls nor the rest',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      const held = peer.command({ type: 'call', room, call: 'hold' })
      same((await call(peer, room, 'echo', 1)).data, 1, 'another call')
      await publish(peer, room, 'a')
      holds(!peer.answered.has(held), 'no answer yet', 'an answer')
      await call(peer, room, 'release')
      same((await peer.answer(held)).type, 'reply', 'the answer')
    },
  },
]
