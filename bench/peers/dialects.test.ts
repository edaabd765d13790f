// What clients say to each server.
import { describe, expect, test } from 'vitest'
import { rawDialect, roomcastDialect, socketClusterDialect, socketIoDialect } from './dialects.ts'

const APPLICATION_DIALECTS = [
  ['roomcast', roomcastDialect],
  ['socket.io', socketIoDialect],
  ['socketcluster', socketClusterDialect],
] as const

describe.each(APPLICATION_DIALECTS)('%s', (_, dialect) => {
  const room = dialect({ use: 'room', deflate: 'none' })

  test('members join a room, idle clients and publishers do not', () => {
    const joins = (steps: readonly { readonly send?: string }[] = []) =>
      steps.some(({ send }) => send?.includes('%r') === true)
    expect(joins(room.hello)).toBe(true)
    expect(joins(room.publisherHello)).toBe(false)
    expect(joins(dialect({ use: 'idle', deflate: 'none' }).hello)).toBe(false)
  })

  test('what is published is JSON behind what is before it', () => {
    const text = room.publish.replaceAll('%n', '1').replace(/^\d+/, '')
    expect(() => JSON.parse(text) as unknown).not.toThrow()
    expect(text).toContain('"%p"')
  })
})

test('bare connections say all in their path', () => {
  expect(rawDialect({ use: 'room', deflate: 'none' })).toMatchObject({
    path: '/room/%r',
    publisherPath: '/publish/%r',
    hello: [],
  })
  expect(rawDialect({ use: 'echo', deflate: 'none' }).path).toBe('/echo')
})

test.each([rawDialect, roomcastDialect, socketIoDialect, socketClusterDialect])(
  'compression is offered when it is wanted, and only then',
  (dialect) => {
    const offers = (deflate: 'none' | 'offered' | 'noTakeover') =>
      dialect({ use: 'room', deflate }).headers.filter((header) => header.includes('permessage-deflate'))
    expect(offers('none')).toEqual([])
    expect(offers('offered')).toEqual(['Sec-WebSocket-Extensions: permessage-deflate'])
    expect(offers('noTakeover')[0]).toContain('server_no_context_takeover')
  },
)
