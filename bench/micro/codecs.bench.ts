// Messages to payloads and back: what a server does with each command, and with each publication once for each codec.
import { parseCommand } from '../../packages/protocol/src/index.ts'
import { msgpackCodec } from '../../packages/protocol/src/msgpack.ts'
import { jsonCodec, type Command } from '../../packages/protocol/src/wire.ts'
import { expectCount, type MicroCase } from './case.ts'

const DATA = { text: 'x'.repeat(80), at: 1_700_000_000_000 }

const commands: readonly Command[] = [
  {
    type: 'connect',
    id: 1,
    token: 't'.repeat(200),
    version: 1,
    resume: { clientId: 'c'.repeat(22), secret: 's'.repeat(43) },
  },
  {
    type: 'subscribe',
    id: 2,
    room: 'chat:lobby',
    recover: { epoch: 'e'.repeat(22), offset: 123_456, tag: 987_654_321 },
  },
  { type: 'publish', id: 3, room: 'chat:lobby', event: 'message', publishId: 'p'.repeat(22), data: DATA },
]

const PUBLICATION = {
  type: 'publication',
  room: 'chat:lobby',
  id: 'p'.repeat(22),
  event: 'message',
  offset: 123_457,
  tag: 123_456_789,
  from: { clientId: 'c'.repeat(22), userId: 'user1' },
  time: 1_700_000_000_001,
}

export const cases: readonly MicroCase[] = [jsonCodec, msgpackCodec].flatMap((codec): MicroCase[] => [
  ...commands.flatMap((command): MicroCase[] => [
    {
      name: `${codec.name}: encode ${command.type}`,
      unit: 'command',
      units: 1,
      prepare: () => () => expectCount('empty payloads', Number(codec.encode(command).length === 0), 0),
    },
    {
      name: `${codec.name}: decode and parse ${command.type}`,
      unit: 'command',
      units: 1,
      prepare: () => {
        const payload = codec.encode(command)
        return () => {
          const parsed = parseCommand(codec.decode(payload))
          if (parsed.kind !== 'command') throw new Error(parsed.message)
        }
      },
    },
  ]),
  {
    name: `${codec.name}: publication around data`,
    unit: 'publication',
    units: 1,
    prepare: () => {
      const json = JSON.stringify(DATA)
      return () =>
        expectCount('empty payloads', Number(codec.encodeWithData(PUBLICATION, json).length === 0), 0)
    },
  },
])
