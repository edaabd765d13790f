import { defineContract } from '@roomcast/protocol'
import { describe, expect, it } from 'vitest'
import { findShortWindows, resolveOptions, type RoomcastOptions } from './options.ts'
import type { Identity } from './routing/handlers.ts'

const contract = defineContract({
  version: 1,
  channels: {
    'chat:{roomId}': { history: { maxItems: 10, ttlMs: 10_000 } },
    'log:{name}': { history: { maxItems: 10, ttlMs: 60_000 } },
    lobby: {},
  },
})

type Options = RoomcastOptions<typeof contract, Identity>

const options = (change: Partial<Options> = {}): Options => ({
  contract,
  authenticate: () => ({ userId: 'ada' }),
  ...change,
})

describe('resolveOptions', () => {
  it('fills in the documented defaults', () => {
    expect(resolveOptions(options())).toMatchObject({
      acceptVersions: [],
      allowedOrigins: 'same-origin',
      trustedProxies: [],
      deflate: false,
      presenceGraceMs: 30_000,
      dedupeWindowMs: 120_000,
      heartbeatMs: 25_000,
      expectedReconnectMs: 20_000,
      limits: { maxSubscriptions: 128, maxOutstandingCommands: 256 },
    })
  })

  it('keeps what is given, also a part of the limits', () => {
    const resolved = resolveOptions(options({ heartbeatMs: 0, limits: { maxSubscriptions: 5 } }))
    expect(resolved).toMatchObject({
      heartbeatMs: 0,
      limits: { maxSubscriptions: 5, maxOutstandingCommands: 256 },
    })
  })

  it('throws without authenticate, and says what it is for', () => {
    const incomplete = { contract } as unknown as Options
    expect(() => resolveOptions(incomplete)).toThrow(
      new TypeError(
        'createRoomcast needs `authenticate`: a function that returns { userId } for a client, or null.',
      ),
    )
  })

  it.each([
    [{ trustedProxies: ['localhost'] }, "'loopback' or 'unix'"],
    [{ trustedProxies: ['10.0.0.0/99'] }, '10.0.0.0/99'],
    [{ allowedHosts: ['https://example.com'] }, "such as 'example.com'"],
    [{ allowedOrigins: ['https://example.com/'] }, 'to allow every page pass () => true'],
    [{ allowedOrigin: [] }, 'createRoomcast has no option "allowedOrigin"; there are contract, '],
    [{ webSocket: { maxHeadrs: 1 } }, '`webSocket` has no option "maxHeadrs"'],
  ])('throws for %j and says what would be right', (change: object, message) => {
    expect(() => resolveOptions(options(change))).toThrow(TypeError)
    expect(() => resolveOptions(options(change))).toThrow(message)
  })

  it.each(['presenceGraceMs', 'dedupeWindowMs', 'heartbeatMs', 'expectedReconnectMs'] as const)(
    'throws for a %s that is no duration',
    (name) => {
      for (const value of [-1, NaN, Infinity, '5s' as unknown as number]) {
        expect(() => resolveOptions(options({ [name]: value }))).toThrow(
          new TypeError(`\`${name}\` must be a number of milliseconds, not ${String(value)}.`),
        )
      }
    },
  )
})

describe('findShortWindows', () => {
  const find = (change: Partial<Options>): readonly string[] =>
    findShortWindows(resolveOptions(options(change)))

  it('names every window that closes before a client can be back', () => {
    expect(find({ presenceGraceMs: 21_999, dedupeWindowMs: 1 })).toEqual([
      'presenceGraceMs is 21999 ms, but a client may need 22000 ms to be back (expectedReconnectMs + 2000).',
      'dedupeWindowMs is 1 ms, but a client may need 22000 ms to be back (expectedReconnectMs + 2000).',
      'history.ttlMs of "chat:{roomId}" is 10000 ms, but a client may need 22000 ms to be back (expectedReconnectMs + 2000).',
    ])
  })

  it('is content when all are long enough', () => {
    expect(find({ expectedReconnectMs: 8_000, presenceGraceMs: 10_000 })).toEqual([])
  })
})

describe('limits', () => {
  it.each([
    [{ limits: { maxSubscriptions: -1 } }, 'limits.maxSubscriptions'],
    [{ limits: { commandRate: { perSecond: Number.NaN, burst: 1 } } }, 'limits.commandRate'],
    [{ webSocket: { maxMessageBytes: '64k' as unknown as number } }, 'webSocket.maxMessageBytes'],
  ])('that make no sense are refused by name', (change, name) => {
    expect(() => resolveOptions(options(change))).toThrow(name)
  })

  it('may be infinite or zero', () => {
    expect(() =>
      resolveOptions(options({ webSocket: { maxFragments: Infinity, maxHeaders: 0 } })),
    ).not.toThrow()
  })
})
