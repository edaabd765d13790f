// What the load generator is told.
import { describe, expect, it } from 'vitest'
import { openCommand, writeCommand } from './commands.ts'
import type { Dialect } from './dialect.ts'

const dialect: Dialect = {
  path: '/room/%r',
  headers: ['X-One: 1', 'X-Two: 2'],
  opcode: 'text',
  hello: [{ send: 'hi' }, { expect: 'welcome' }],
  publish: '%p',
  delivery: '',
}

const fieldsOf = (of: Dialect) => openCommand(1, { port: 1, pid: 2, connections: 3, rooms: 4, dialect: of })

describe('writeCommand', () => {
  it('writes a name, lines, and an empty line; what would end a line is escaped', () => {
    const text = writeCommand('open', [
      ['path', 'a=b\\c\r\nd'],
      ['count', 7],
      ['isOn', true],
    ])
    expect(text).toBe('open\npath=a=b\\\\c\\r\\nd\ncount=7\nisOn=1\n\n')
  })
})

describe('openCommand', () => {
  it('gives each step of a hello a line to send and a line to expect', () => {
    const steps = fieldsOf(dialect).filter(([key]) => key.startsWith('hello'))
    expect(steps).toEqual([
      ['helloSend', 'hi'],
      ['helloExpect', ''],
      ['helloSend', ''],
      ['helloExpect', 'welcome'],
    ])
  })

  it('takes a publisher for a member unless it connects in a way of its own', () => {
    expect(fieldsOf(dialect)).toContainEqual(['publisherIsMember', true])
    expect(fieldsOf({ ...dialect, publisherPath: '/publish' })).toContainEqual(['publisherIsMember', false])
    expect(fieldsOf({ ...dialect, publisherHello: [] })).toContainEqual(['publisherIsMember', false])
    expect(fieldsOf({ ...dialect, publisherHello: [], isPublisherMember: true })).toContainEqual([
      'publisherIsMember',
      true,
    ])
  })

  it('tells an empty ping from none', () => {
    expect(fieldsOf(dialect).some(([key]) => key === 'ping')).toBe(false)
    expect(fieldsOf({ ...dialect, ping: '', pong: '' })).toContainEqual(['ping', ''])
  })
})
