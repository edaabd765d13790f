import { defineContract } from '@roomcast/protocol'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ChannelRouter, MAX_KNOWN_ROUTES } from './channel-router.ts'

const router = new ChannelRouter(
  defineContract({
    version: 1,
    channels: {
      lobby: {},
      'chat:{roomId}': {},
      'num:{n}': { params: z.object({ n: z.coerce.number().int() }) },
      'lower:{name}': { params: z.object({ name: z.string().toLowerCase() }) },
      'odd:{value}': { params: z.object({ value: z.string().transform(() => ({ no: 'name' })) }) },
      'org:{orgId}:seat:{row}': { params: z.object({ orgId: z.string(), row: z.coerce.number() }) },
    },
  }),
)

describe('ChannelRouter', () => {
  it('finds the channel of a room and parses its parameters', () => {
    expect(router.route('lobby')).toMatchObject({ room: 'lobby', pattern: 'lobby', params: {} })
    expect(router.route('chat:a%20b')).toMatchObject({ pattern: 'chat:{roomId}', params: { roomId: 'a b' } })
    expect(router.route('num:42')?.params).toEqual({ n: 42 })
    expect(router.route('org:x:seat:3')).toMatchObject({
      pattern: 'org:{orgId}:seat:{row}',
      params: { orgId: 'x', row: 3 },
    })
  })

  it.each(['num:042', 'num:4.20e1', 'num:%2042', 'num:0x2A', 'lower:Ada', 'chat:%61', 'chat:a%2fb'])(
    'refuses %s, which is another way to write a room that has a name',
    (room) => {
      expect(router.route(room)).toBeUndefined()
    },
  )

  it.each(['num:x', 'num:1.5', 'odd:x'])('refuses %s, whose parameters no room has', (room) => {
    expect(router.route(room)).toBeUndefined()
  })

  it.each(['', ':', 'chat', 'chat:', 'chat:a:b', 'lobby:', 'Lobby', 'unknown', 'chat:%', 'chat:{roomId}'])(
    'knows no room %j',
    (room) => {
      expect(router.route(room)).toBeUndefined()
    },
  )

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty:x'])(
    'does not take %s for a channel',
    (room) => {
      expect(router.route(room)).toBeUndefined()
    },
  )

  it('takes __proto__ for an ordinary parameter', () => {
    const params = router.route('chat:__proto__')?.params
    expect(Object.keys(params ?? {})).toEqual(['roomId'])
    expect(params?.roomId).toBe('__proto__')
  })

  it('remembers the route of a room, whose parameters nobody can change', () => {
    const route = router.route('num:7')!
    expect(router.route('num:7')).toBe(route)
    expect(() => Object.assign(route.params, { n: 8 })).toThrow(TypeError)
    expect(router.route('num:7')?.params).toEqual({ n: 7 })
  })

  it('remembers the routes of rooms in use, and forgets others', () => {
    const first = router.route('chat:first')!
    const used = router.route('chat:used')
    for (let index = 0; index < MAX_KNOWN_ROUTES; index++) {
      router.route(`chat:${index}`)
      expect(router.route('chat:used')).toBe(used)
    }
    const anew = router.route('chat:first')
    expect(anew).not.toBe(first)
    expect(anew).toEqual(first)
  })
})
