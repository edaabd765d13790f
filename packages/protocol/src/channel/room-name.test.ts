import { describe, expect, it } from 'vitest'
import { MAX_ROOM_NAME_BYTES } from '../limits.ts'
import { decodeSegment, formatRoomName, splitPattern } from './room-name.ts'

describe('formatRoomName', () => {
  it.each([
    ['a string', { roomId: '42' }, 'chat:42'],
    ['a number', { roomId: 42 }, 'chat:42'],
    ['a negative fraction', { roomId: -1.5 }, 'chat:-1.5'],
    ['negative zero, which is zero', { roomId: -0 }, 'chat:0'],
    ['a bigint', { roomId: 2n ** 64n }, 'chat:18446744073709551616'],
    ['a boolean', { roomId: false }, 'chat:false'],
    ['a date, as its ISO string', { roomId: new Date(0) }, 'chat:1970-01-01T00%3A00%3A00.000Z'],
  ])('writes %s', (_what, params, name) => {
    expect(formatRoomName('chat:{roomId}', params)).toBe(name)
  })

  it('leaves A–Z a–z 0–9 . _ ~ - as they are and encodes everything else as UTF-8 in upper-case hex', () => {
    const format = (roomId: string): string => formatRoomName('{roomId}', { roomId })
    expect(format('AZaz09._~-')).toBe('AZaz09._~-')
    expect(format(`a b:c/d%e?{f}`)).toBe('a%20b%3Ac%2Fd%25e%3F%7Bf%7D')
    expect(format(`!'()*`)).toBe('%21%27%28%29%2A')
    expect(format('é€𝄞\0')).toBe('%C3%A9%E2%82%AC%F0%9D%84%9E%00')
  })

  it('keeps literals, and takes parameters in the order of the pattern', () => {
    expect(formatRoomName('lobby')).toBe('lobby')
    expect(formatRoomName('a:{y}:b:{x}', { x: 1, y: 2 })).toBe('a:2:b:1')
  })

  it.each([
    ['missing', {}],
    ['empty', { roomId: '' }],
    ['null', { roomId: null }],
    ['not a number', { roomId: NaN }],
    ['infinite', { roomId: Infinity }],
    ['an object', { roomId: { toString: () => '42' } }],
    ['an array', { roomId: ['42'] }],
    ['a date that is none', { roomId: new Date(NaN) }],
  ])('refuses a parameter that is %s', (_what, params) => {
    expect(() => formatRoomName('chat:{roomId}', params)).toThrow(
      new TypeError(
        'The parameter "roomId" of "chat:{roomId}" must be a non-empty string, a finite number, a bigint or a boolean.',
      ),
    )
  })

  it('refuses a lone surrogate, which has no UTF-8', () => {
    for (const roomId of ['\ud800', 'a\udfff', '\udc00\ud800']) {
      expect(() => formatRoomName('chat:{roomId}', { roomId })).toThrow(
        new TypeError('The parameter "roomId" of "chat:{roomId}" is not valid Unicode.'),
      )
    }
  })

  it('does not take an inherited property for a parameter', () => {
    expect(() => formatRoomName('{constructor}', {})).toThrow(TypeError)
    expect(() => formatRoomName('{toString}', {})).toThrow(TypeError)
    expect(formatRoomName('{constructor}', { constructor: 'x' })).toBe('x')
  })

  it('writes values that are names of Object.prototype like any other', () => {
    for (const id of ['__proto__', 'constructor', 'hasOwnProperty']) {
      expect(formatRoomName('chat:{id}', { id })).toBe(`chat:${id}`)
    }
  })

  it('allows 255 bytes, counted after encoding, and no more', () => {
    const room = MAX_ROOM_NAME_BYTES - 'chat:'.length
    expect(formatRoomName('chat:{id}', { id: 'x'.repeat(room) })).toHaveLength(MAX_ROOM_NAME_BYTES)
    expect(() => formatRoomName('chat:{id}', { id: 'x'.repeat(room + 1) })).toThrow(
      new RangeError('The name of a room of "chat:{id}" has 256 bytes; at most 255 are allowed.'),
    )
    expect(() => formatRoomName('chat:{id}', { id: '€'.repeat(28) })).toThrow(RangeError)
  })
})

describe('decodeSegment', () => {
  it.each([
    ['lower-case hex', '%c3%a9'],
    ['mixed hex', '%C3%a9'],
    ['an encoded character that needs no encoding', '%41'],
    ['a character that needs encoding', 'a b'],
    ['a reserved character that encodeURIComponent leaves alone', 'a!'],
    ['a stray %', '100%'],
    ['half an escape', '%4'],
    ['bytes that are not UTF-8', '%FF'],
    ['an overlong form', '%C0%AF'],
    ['a surrogate in UTF-8', '%ED%A0%80'],
    ['nothing', ''],
  ])('refuses %s', (_what, segment) => {
    expect(decodeSegment(segment)).toBeUndefined()
  })

  it('decodes the one way to write a value', () => {
    expect(decodeSegment('caf%C3%A9')).toBe('café')
    expect(decodeSegment('a%3Ab')).toBe('a:b')
    expect(decodeSegment('.')).toBe('.')
  })
})

describe('splitPattern', () => {
  it('tells literals from whole parameters', () => {
    expect(splitPattern('org:{orgId}:x{y}:{9}')).toEqual([
      { literal: 'org' },
      { param: 'orgId' },
      { literal: 'x{y}' },
      { literal: '{9}' },
    ])
  })
})
