// §5: the names of rooms.
import { same } from '../../conformance/check.ts'
import { publish, publishing, subscribe } from '../commands.ts'
import type { Item } from '../item.ts'

export const ROOMS: readonly Item[] = [
  {
    id: '5.1',
    statement: 'a name that matches no channel is an unknownRoom, for every command with a room',
    test: async (trial) => {
      const peer = await trial.client()
      for (const room of [
        'room',
        'nowhere:1',
        'room:1:2',
        'ROOM:1',
        ':',
        'room:',
        ':1',
        '{id}',
        'room:{id}',
      ]) {
        await peer.refused({ type: 'subscribe', room }, 'unknownRoom')
      }
      const room = 'nowhere:1'
      const commands = [
        ...['unsubscribe', 'presenceLeave', 'presenceWatch', 'presenceUnwatch'].map((type) => ({
          type,
          room,
        })),
        ...['presenceEnter', 'presenceUpdate'].map((type) => ({ type, room, data: { name: 'Ada' } })),
        publishing(room, 'a'),
        { type: 'call', room, call: 'echo', data: 1 },
      ]
      for (const command of commands) await peer.refused(command, 'unknownRoom')
    },
  },
  {
    id: '5.2',
    statement: 'parameters are percent-encoded as UTF-8 outside of [A-Za-z0-9._~-]',
    test: async (trial) => {
      const peer = await trial.client()
      for (const value of [
        'a%20b',
        '%E2%82%AC',
        '%F0%9F%98%80',
        '%3A',
        '%25',
        '%2F',
        'A-z0.9_~',
        '%27%28%2A%29%21',
      ]) {
        await subscribe(peer, `room:${value}`)
      }
    },
  },
  {
    id: '5.3',
    statement: 'a name that is not the one way to write its parameters is an unknownRoom',
    test: async (trial) => {
      const peer = await trial.client()
      const values = [
        'a b',
        '€',
        '%e2%82%ac', // lower case
        '%41', // needless
        '%2',
        '%',
        '%GG',
        '%FF', // not UTF-8
        '%C0%AF', // not UTF-8 either: too long for its value
        '%ED%A0%80', // half of a pair
        'a/b',
        "'",
        '*',
      ]
      for (const value of values)
        await peer.refused({ type: 'subscribe', room: `room:${value}` }, 'unknownRoom')
    },
  },
  {
    id: '5.4',
    statement: 'one number has one name: others that would give the same parameter are an unknownRoom',
    test: async (trial) => {
      const peer = await trial.client()
      await subscribe(peer, 'num:42')
      for (const value of ['042', '42.0', '4.2e1', '%2B42', '%2042', '0x2A', 'NaN', 'Infinity', 'x']) {
        await peer.refused({ type: 'subscribe', room: `num:${value}` }, 'unknownRoom')
      }
    },
  },
  {
    id: '5.5',
    statement: 'a room that a client may not receive is forbidden, with all that is in it',
    test: async (trial) => {
      const room = trial.room('secret')
      const peer = await trial.client()
      const commands = [
        { type: 'subscribe', room },
        publishing(room, 'a'),
        { type: 'call', room, call: 'echo', data: 1 },
        { type: 'presenceEnter', room, data: { name: 'Ada' } },
        { type: 'presenceWatch', room },
      ]
      for (const command of commands) await peer.refused(command, 'forbidden')
      await peer.expectAlive()
    },
  },
  {
    id: '5.6',
    statement:
      'the reply to subscribe describes the channel: its history, or null, and whether it has presence',
    test: async (trial) => {
      const peer = await trial.client()
      const channelOf = async (channel: string) => (await subscribe(peer, trial.room(channel))).channel
      const { history, presence } = await channelOf('room')
      same([history, presence], [{ maxItems: 500, ttlMs: 300_000 }, true], 'the channel room')
      const plain = await channelOf('plain')
      same([plain.history, plain.presence], [null, false], 'the channel plain')
    },
  },
  {
    id: '5.7',
    statement: 'rooms have streams of their own',
    test: async (trial) => {
      const peer = await trial.client()
      const [one, two] = [trial.room(), trial.room()]
      await subscribe(peer, one)
      await publish(peer, two, 'elsewhere')
      same((await publish(peer, one, 'here')).offset, 1, 'the offset')
      same((await peer.next('publication')).room, one, 'the room')
      await peer.expectNo('publication')
    },
  },
]
