import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonCodec } from '../codec/json-codec.ts'
import { MAX_ID_LENGTH, MAX_ROOM_NAME_BYTES, MAX_SAFE_NUMBER } from '../limits.ts'
import type { Command, CommandOf } from './command.ts'
import { parseCommand } from './parse-command.ts'

const id = fc.integer({ min: 1, max: MAX_SAFE_NUMBER })
const count = fc.nat({ max: MAX_SAFE_NUMBER })
const short = fc.string({ unit: 'binary', minLength: 1, maxLength: MAX_ID_LENGTH / 2 })
const room = fc
  .stringMatching(/^[a-z]{1,8}(:[A-Za-z0-9._~-]{1,20}){0,3}$/)
  .filter((name) => name.length <= MAX_ROOM_NAME_BYTES)
/** What a codec lets through; that it refuses the key `__proto__` is tested where it does. */
const data = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__'))
const position = fc.record({ epoch: short, offset: count, tag: fc.nat({ max: 2 ** 32 - 1 }) })
const type = <T extends Command['type']>(name: T): fc.Arbitrary<T> => fc.constant(name)

/** A valid command of each type; a missing entry is a compile error. */
const commandOf: { readonly [Type in Command['type']]: fc.Arbitrary<CommandOf<Type>> } = {
  connect: fc.record(
    {
      type: type('connect'),
      id,
      token: fc.string(),
      version: count,
      resume: fc.record({ clientId: short, secret: short }),
    },
    { requiredKeys: ['type', 'id'] },
  ),
  subscribe: fc.oneof(
    fc.record({ type: type('subscribe'), id, room, recover: position }),
    fc.record({ type: type('subscribe'), id, room, rewind: count }, { requiredKeys: ['type', 'id', 'room'] }),
  ),
  unsubscribe: fc.record({ type: type('unsubscribe'), id, room }),
  publish: fc.record({ type: type('publish'), id, room, event: short, publishId: short, data }),
  signal: fc.record({ type: type('signal'), room, signal: short, data }),
  call: fc.record({ type: type('call'), id, room, call: short, data }),
  presenceEnter: fc.record({ type: type('presenceEnter'), id, room, data }),
  presenceUpdate: fc.record({ type: type('presenceUpdate'), id, room, data }),
  presenceLeave: fc.record({ type: type('presenceLeave'), id, room }),
  presenceWatch: fc.record({ type: type('presenceWatch'), id, room }),
  presenceUnwatch: fc.record({ type: type('presenceUnwatch'), id, room }),
  ping: fc.record({ type: type('ping'), id }),
}

const types = Object.keys(commandOf) as Command['type'][]
const command = fc.oneof(...types.map((name): fc.Arbitrary<Command> => commandOf[name]))

/** A command in which one field was replaced by, or one was added with, any value at all. */
const damaged = fc
  .tuple(
    command,
    fc.constantFrom('type', 'id', 'room', 'recover', 'resume', 'data', 'event', 'x'),
    fc.anything(),
  )
  .map(([valid, field, value]): object => ({ ...valid, [field]: value }))

describe('parseCommand', () => {
  it.each(types)('accepts every valid %s and changes nothing', (name) => {
    fc.assert(
      fc.property(commandOf[name], (valid) => {
        const parsed = parseCommand(jsonCodec.decode(jsonCodec.encode(valid)))
        expect(parsed).toEqual({ kind: 'command', command: JSON.parse(JSON.stringify(valid)) as unknown })
      }),
    )
  })

  it('answers any value with a verdict and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.anything({ withNullPrototype: true }), damaged), (value) => {
        const parsed = parseCommand(value)
        if (parsed.kind === 'invalid') expect(parsed.id).toBe((value as { id: number }).id)
        else expect(['command', 'malformed']).toContain(parsed.kind)
      }),
      { numRuns: 1000 },
    )
  })

  it('accepts what it returned', () => {
    fc.assert(
      fc.property(damaged, (value) => {
        const parsed = parseCommand(value)
        if (parsed.kind === 'command') expect(parseCommand(parsed.command)).toEqual(parsed)
      }),
    )
  })
})
