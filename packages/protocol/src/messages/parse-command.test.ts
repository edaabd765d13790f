import { describe, expect, it } from 'vitest'
import { MAX_DATA_DEPTH } from '../limits.ts'
import { leavesJson, parseCommand } from './parse-command.ts'

const room = 'chat:42'
const position = { epoch: 'e', offset: 0, tag: 0 }

/** `levels` arrays inside each other. */
const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown

describe('parseCommand', () => {
  it.each([
    { type: 'connect', id: 1 },
    { type: 'connect', id: 1, token: '', version: 0, resume: { clientId: 'c', secret: 's' } },
    { type: 'subscribe', id: 1, room },
    { type: 'subscribe', id: 1, room, rewind: 0 },
    { type: 'subscribe', id: 1, room, recover: position },
    { type: 'subscribe', id: 1, room, recover: position, rewind: 5 },
    { type: 'unsubscribe', id: Number.MAX_SAFE_INTEGER, room },
    { type: 'publish', id: 1, room, event: 'message', publishId: 'p', data: null },
    { type: 'signal', room, signal: 'typing', data: false },
    { type: 'call', id: 1, room, call: 'rename', data: 0 },
    { type: 'presenceEnter', id: 1, room, data: {} },
    { type: 'presenceUpdate', id: 1, room, data: '' },
    { type: 'presenceLeave', id: 1, room },
    { type: 'presenceWatch', id: 1, room },
    { type: 'presenceUnwatch', id: 1, room },
    { type: 'ping', id: 1 },
  ])('accepts $type and passes on just what it knows', (command) => {
    expect(parseCommand({ ...command, extra: 1 })).toEqual({ kind: 'command', command })
  })

  it('drops unknown fields inside a position and a proof', () => {
    expect(parseCommand({ type: 'subscribe', id: 1, room, recover: { ...position, extra: 1 } })).toEqual({
      kind: 'command',
      command: { type: 'subscribe', id: 1, room, recover: position },
    })
    const resume = { clientId: 'c', secret: 's' }
    expect(parseCommand({ type: 'connect', id: 1, resume: { ...resume, extra: 1 } })).toEqual({
      kind: 'command',
      command: { type: 'connect', id: 1, resume },
    })
  })

  it('takes a call without data for one with null', () => {
    expect(parseCommand({ type: 'call', id: 1, room, call: 'rename' })).toMatchObject({
      command: { data: null },
    })
  })

  it.each([null, undefined, 1, 'x', true, [], [{ type: 'ping', id: 1 }]])('calls %j malformed', (value) => {
    expect(parseCommand(value).kind).toBe('malformed')
  })

  it.each([undefined, null, 0, -1, 1.5, NaN, 2 ** 53, '1'])(
    'calls a message with the id %s malformed',
    (id) => {
      expect(parseCommand({ type: 'ping', id })).toEqual({
        kind: 'malformed',
        message: '`id` must be an integer from 1 to 2^53 - 1',
      })
    },
  )

  it.each(['nothing', '', '__proto__', 'constructor', 7, null, undefined])(
    'answers that there is no command %j',
    (type) => {
      expect(parseCommand({ type, id: 7 })).toMatchObject({ kind: 'invalid', id: 7, code: 'unknownCommand' })
    },
  )

  it.each([
    { type: 'connect', token: 7 },
    { type: 'connect', token: null },
    { type: 'connect', version: -1 },
    { type: 'connect', version: '1' },
    { type: 'connect', resume: null },
    { type: 'connect', resume: { clientId: 'c' } },
    { type: 'connect', resume: { clientId: '', secret: 's' } },
    { type: 'connect', resume: { clientId: 'c', secret: 's'.repeat(129) } },
    { type: 'subscribe' },
    { type: 'subscribe', room: '' },
    { type: 'subscribe', room: 'x'.repeat(256) },
    { type: 'subscribe', room: ['chat:42'] },
    { type: 'subscribe', room, rewind: -1 },
    { type: 'subscribe', room, rewind: 1.5 },
    { type: 'subscribe', room, recover: null },
    { type: 'subscribe', room, recover: { ...position, epoch: '' } },
    { type: 'subscribe', room, recover: { ...position, offset: -1 } },
    { type: 'subscribe', room, recover: { ...position, offset: 2 ** 53 } },
    { type: 'subscribe', room, recover: { ...position, tag: 2 ** 32 } },
    { type: 'subscribe', room, recover: { epoch: 'e', offset: 0 } },
    { type: 'unsubscribe', room: null },
    { type: 'publish', room, event: '', publishId: 'p', data: 1 },
    { type: 'publish', room, event: 'e'.repeat(129), publishId: 'p', data: 1 },
    { type: 'publish', room, event: 'e', data: 1 },
    { type: 'publish', room, event: 'e', publishId: 7, data: 1 },
    { type: 'publish', room, event: 'e', publishId: 'p' },
    { type: 'publish', event: 'e', publishId: 'p', data: 1 },
    { type: 'call', room, call: null, data: 1 },
    { type: 'call', call: 'c' },
    { type: 'call', room, call: 'c', data: nested(MAX_DATA_DEPTH + 1) },
    { type: 'presenceEnter', room },
    { type: 'presenceEnter', data: 1 },
    { type: 'presenceUpdate', room, data: undefined },
    { type: 'presenceLeave' },
    { type: 'presenceWatch' },
    { type: 'presenceUnwatch' },
  ])('answers what is wrong with %j', (fields) => {
    expect(parseCommand({ ...fields, id: 7 })).toMatchObject({
      kind: 'invalid',
      id: 7,
      code: 'invalidCommand',
    })
  })

  it.each([
    { signal: 'typing', data: 1 },
    { room, data: 1 },
    { room, signal: '', data: 1 },
    { room, signal: 'typing' },
    { room, signal: 'typing', data: nested(MAX_DATA_DEPTH + 1) },
  ])('calls the signal %j malformed, since it has no id to answer to', (fields) => {
    expect(parseCommand({ type: 'signal', id: 7, ...fields }).kind).toBe('malformed')
  })

  it('lets data nest 64 levels and no more', () => {
    const publish = { type: 'publish', id: 1, room, event: 'e', publishId: 'p' }
    expect(parseCommand({ ...publish, data: nested(MAX_DATA_DEPTH) }).kind).toBe('command')
    expect(parseCommand({ ...publish, data: nested(MAX_DATA_DEPTH + 1) })).toEqual({
      kind: 'invalid',
      id: 1,
      code: 'invalidCommand',
      message: '`data` must be present, nest at most 64 levels and hold finite numbers only',
    })
  })

  it('is not impressed by 100 000 levels', () => {
    const data = nested(100_000)
    expect(parseCommand({ type: 'call', id: 1, room, call: 'c', data }).kind).toBe('invalid')
  })
})

describe('leavesJson', () => {
  it('counts arrays and objects alike', () => {
    expect(leavesJson(1, 0)).toBe(false)
    expect(leavesJson([], 0)).toBe(true)
    expect(leavesJson([[], { a: 1 }], 2)).toBe(false)
    expect(leavesJson([{ a: [] }], 2)).toBe(true)
  })

  it('is true of a number that JSON cannot hold', () => {
    expect(leavesJson([{ a: JSON.parse('1e999') as number }], 9)).toBe(true)
  })
})
