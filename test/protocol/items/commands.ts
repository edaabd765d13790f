// §3: the order and the form of commands and of their answers.
import { holds, same } from '../../conformance/check.ts'
import { change, publishing, range, subscribe, watch } from '../commands.ts'
import type { Item } from '../item.ts'
import type { Fields } from '../messages.ts'

const LONG = 'x'.repeat(129)

/** Commands that lack a field or have a wrong one. */
function misshapen(room: string): readonly (Fields & { type: string })[] {
  const position = { epoch: 'e', offset: 1, tag: 1 }
  const rooms = [undefined, '', 7, null, 'x'.repeat(256)]
  const roomCommands = ['subscribe', 'unsubscribe', 'presenceLeave', 'presenceWatch', 'presenceUnwatch']
  const wrongIds = [undefined, '', 7, LONG]
  const { data: _data, ...withoutData } = publishing(room, 'a')
  return [
    ...roomCommands.flatMap((type) => rooms.map((wrong) => ({ type, room: wrong }))),
    ...rooms.map((wrong) => publishing(room, 'a', { room: wrong })),
    ...rooms.map((wrong) => ({ type: 'call', room: wrong, call: 'echo', data: 1 })),
    ...rooms.map((wrong) => ({ type: 'presenceEnter', room: wrong, data: { name: 'Ada' } })),
    ...wrongIds.map((publishId) => publishing(room, 'a', { publishId })),
    ...wrongIds.map((event) => publishing(room, 'a', { event })),
    ...wrongIds.map((call) => ({ type: 'call', room, call, data: 1 })),
    withoutData,
    { type: 'presenceEnter', room },
    { type: 'presenceUpdate', room },
    ...[-1, 1.5, '1', null].map((rewind) => ({ type: 'subscribe', room, rewind })),
    ...[
      'top',
      null,
      [],
      { ...position, epoch: '' },
      { ...position, epoch: LONG },
      { ...position, epoch: 7 },
      { ...position, offset: -1 },
      { ...position, offset: 1.5 },
      { ...position, offset: '1' },
      { ...position, tag: -1 },
      { ...position, tag: 2 ** 32 },
      { epoch: 'e', offset: 1 },
      { epoch: 'e', tag: 1 },
      { offset: 1, tag: 1 },
    ].map((recover) => ({ type: 'subscribe', room, recover })),
  ].map(
    (command) =>
      // What is undefined is absent, in both codecs.
      JSON.parse(JSON.stringify(command)) as Fields & { type: string },
  )
}

export const COMMANDS: readonly Item[] = [
  {
    id: '3.1',
    statement: 'a first command that is not connect closes with 4502',
    test: async (trial) => {
      const room = trial.room()
      const firsts: readonly Fields[] = [
        { type: 'ping', id: 1 },
        { type: 'subscribe', id: 1, room },
        { type: 'unheardOf', id: 1 },
        { type: 'signal', room, signal: 'typing', data: { on: true } },
      ]
      for (const first of firsts) {
        const peer = await trial.open()
        peer.send(first)
        await peer.expectClosed(4502)
      }
    },
  },
  {
    id: '3.2',
    statement: 'a first connect that is not well formed closes with 4502',
    test: async (trial) => {
      const wrong: readonly Fields[] = [
        { token: 7 },
        { version: '1' },
        { version: -1 },
        { version: 1.5 },
        { resume: 'c' },
        { resume: {} },
        { resume: { clientId: 'c' } },
        { resume: { clientId: 'c', secret: '' } },
        { resume: { clientId: LONG, secret: 's' } },
      ]
      for (const fields of wrong) {
        const peer = await trial.open()
        peer.send({ type: 'connect', id: 1, token: trial.user(), ...fields })
        await peer.expectClosed(4502)
      }
    },
  },
  {
    id: '3.3',
    statement: 'a second connect closes with 4502',
    test: async (trial) => {
      const peer = await trial.client()
      peer.send({ type: 'connect', id: 9, token: trial.user() })
      await peer.expectClosed(4502)
    },
  },
  {
    id: '3.4',
    statement: 'commands that are sent right behind connect wait until it is answered',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.open()
      const connect = peer.command({ type: 'connect', token: trial.user() })
      const later = [{ type: 'subscribe', room }, publishing(room, 'a'), { type: 'ping' }]
      const ids = later.map((command) => peer.command(command))
      for (const id of ids) same((await peer.answer(id)).type, 'reply', 'the answer')
      same([...peer.answered.keys()][0], connect, 'the command that was answered first')
      await peer.next('publication', room)
    },
  },
  {
    id: '3.5',
    statement: 'commands that are sent together are answered once each, under their ids, from 1 to 2^53 - 1',
    test: async (trial) => {
      const peer = await trial.client()
      const ids = [2 ** 53 - 1, 2 ** 40, 1_000_000, ...range(2, 60)]
      for (const id of ids) peer.command({ type: 'ping', id })
      for (const id of ids) same((await peer.answer(id)).type, 'reply', `the answer to ${id}`)
      await peer.expectAlive()
    },
  },
  {
    id: '3.6',
    statement: 'an id may be used again once it has been answered',
    test: async (trial) => {
      const peer = await trial.client()
      for (let count = 0; count < 3; count++)
        same(await peer.result({ type: 'ping', id: 7 }), {}, 'the answer')
    },
  },
  {
    id: '3.7',
    statement: 'subscribe, publish and unsubscribe of one room are handled in the order of sending',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      const commands = [
        publishing(room, 'before'),
        { type: 'subscribe', room },
        ...range(1, 20).map((number) => publishing(room, String(number))),
        { type: 'unsubscribe', room },
        publishing(room, 'after'),
      ]
      const ids = commands.map((command) => peer.command(command))
      for (const id of ids) same((await peer.answer(id)).type, 'reply', 'the answer')
      for (const number of range(1, 20)) {
        same((await peer.next('publication', room)).data, { text: String(number) }, 'what is received')
      }
      await peer.expectNo('publication', room)
    },
  },
  {
    id: '3.8',
    statement: 'presence commands of one room are handled in the order of sending',
    test: async (trial) => {
      const room = trial.room()
      const [peer, watcher] = [await trial.client(), await trial.client()]
      await watch(watcher, room)
      const [first, second] = [{ name: 'first' }, { name: 'second' }]
      const commands = [
        { type: 'presenceEnter', room, data: first },
        { type: 'presenceUpdate', room, data: second },
        { type: 'presenceLeave', room },
        { type: 'presenceEnter', room, data: first },
      ]
      const ids = commands.map((command) => peer.command(command))
      for (const id of ids) same((await peer.answer(id)).type, 'reply', 'the answer')
      for (const kind of ['enter', 'update', 'leave', 'enter']) {
        same((await change(watcher, room)).kind, kind, 'the change')
      }
    },
  },
  {
    id: '3.9',
    statement: 'an unknown type is answered with unknownCommand, and the connection goes on',
    test: async (trial) => {
      const peer = await trial.client()
      for (const type of ['unheardOf', '', '__proto__', 'constructor', 'Ping']) {
        await peer.refused({ type }, 'unknownCommand')
      }
      await peer.expectAlive()
    },
  },
  {
    id: '3.10',
    statement: 'a missing or wrong field is answered with invalidCommand, and the connection goes on',
    test: async (trial) => {
      const peer = await trial.client()
      for (const command of misshapen(trial.room())) await peer.refused(command, 'invalidCommand')
      await peer.expectAlive()
    },
  },
  {
    id: '3.11',
    statement: 'names of 128 characters and rooms of 255 bytes are well formed',
    test: async (trial) => {
      const room = trial.room()
      const name = 'x'.repeat(128)
      const peer = await trial.client()
      await peer.result(publishing(room, 'a', { publishId: name }))
      await peer.refused(publishing(room, 'a', { event: name }), 'unknownEvent')
      await peer.refused({ type: 'call', room, call: name }, 'unknownCall')
      await subscribe(peer, `room:${'x'.repeat(250)}`)
      const recover = { epoch: name, offset: 2 ** 53 - 1, tag: 2 ** 32 - 1 }
      same((await subscribe(peer, room, { recover })).recovered, false, 'recovered')
      await trial.client({ resume: { clientId: name, secret: name } })
    },
  },
  {
    id: '3.12',
    statement: 'a signal that is not well formed closes with 4500',
    test: async (trial) => {
      const room = trial.room()
      const wrong: readonly Fields[] = [
        { signal: 'typing', data: 1 },
        { room, data: 1 },
        { room, signal: 'typing' },
        { room: '', signal: 'typing', data: 1 },
        { room, signal: '', data: 1 },
        { room, signal: LONG, data: 1 },
      ]
      for (const fields of wrong) {
        const peer = await trial.client()
        peer.send({ type: 'signal', ...fields })
        await peer.expectClosed(4500)
      }
    },
  },
  {
    id: '3.13',
    statement: 'a signal is not answered, not even one with an id or one that is refused',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      peer.send({ type: 'signal', id: 77, room, signal: 'typing', data: { on: true } })
      peer.send({ type: 'signal', id: 78, room, signal: 'typing', data: { on: 'maybe' } })
      peer.send({ type: 'signal', id: 79, room, signal: 'unheardOf', data: 1 })
      peer.send({ type: 'signal', id: 80, room: 'nowhere', signal: 'typing', data: 1 })
      await peer.expectAlive()
      await peer.expectAlive()
    },
  },
  {
    id: '3.14',
    statement: 'with invalidData come one to ten issues, each with a path and a message',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      const commands = [
        publishing(room, '', { data: { text: 7 } }),
        publishing(room, '', { data: {} }),
        publishing(room, '', { data: null }),
        publishing(room, '', { data: Array.from({ length: 50 }, () => 7) }),
        { type: 'call', room, call: 'rename', data: { title: 7 } },
        { type: 'call', room, call: 'rename' },
        { type: 'presenceEnter', room, data: { name: 7 } },
      ]
      for (const command of commands) {
        const { data } = await peer.refused(command, 'invalidData')
        const { issues } = data as { issues: readonly { path: unknown; message: unknown }[] }
        holds(issues.length >= 1 && issues.length <= 10, 'one to ten issues', issues)
        for (const { path, message } of issues) {
          holds(Array.isArray(path) && typeof message === 'string', 'a path and a message', { path, message })
        }
      }
    },
  },
  {
    id: '3.15',
    statement: 'ping, and the end of what was never begun, are answered with {}',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      same(await peer.result({ type: 'ping' }), {}, 'the answer to ping')
      for (const type of ['unsubscribe', 'presenceLeave', 'presenceUnwatch']) {
        same(await peer.result({ type, room }), {}, `the answer to ${type}`)
      }
    },
  },
]
