import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../testing/seeded-random.ts'
import { toHex, utf8 } from '../../testing/websocket/hex.ts'
import { ReferenceInflater } from '../../testing/websocket/reference-inflater.ts'
import type { DeflateAgreement } from '../protocol/deflate-negotiation.ts'
import { DEFAULT_DEFLATE_OPTIONS } from './deflate-options.ts'
import { MessageDeflater, type MessageDeflaterOptions } from './message-deflater.ts'
import { ZlibPool } from './zlib-pool.ts'

const AGREEMENT: DeflateAgreement = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
}

function deflaterOf(options: Partial<MessageDeflaterOptions> = {}): MessageDeflater {
  return new MessageDeflater({
    agreement: AGREEMENT,
    role: 'server',
    options: { ...DEFAULT_DEFLATE_OPTIONS, thresholdBytes: 0 },
    pool: new ZlibPool(),
    ...options,
  })
}

/** Bytes that do not compress, the same every time. */
const noise = (length: number) => new SeededRandom(1).bytes(length)

const HELLO = utf8('Hello, hello, hello')

describe('A message', () => {
  it('is sent without the end that every flush has', async () => {
    const compressed = (await deflaterOf().deflate(utf8('HelloHelloHello')))!
    expect(toHex(compressed.subarray(-1))).toBe('00')
    expect(new ReferenceInflater().inflate(compressed)).toEqual(utf8('HelloHelloHello'))
  })

  it('is sent as it is below the threshold', () => {
    const deflater = deflaterOf({ options: DEFAULT_DEFLATE_OPTIONS })
    expect(deflater.deflate(utf8('a'.repeat(1023)))).toBeUndefined()
    expect(deflater.deflate(utf8('a'.repeat(1024)))).toBeInstanceOf(Uint8Array)
  })

  it.each([0, 1, 5, 100, 16_384, 16_385, 100_000])(
    'is sent as it is where that is shorter: %i bytes of noise',
    async (length) => {
      expect(await deflaterOf().deflate(noise(length))).toBeUndefined()
    },
  )

  it('is compressed in a thread if it is long', async () => {
    const message = utf8('All work and no play makes Jack a dull boy. '.repeat(1000))
    const result = deflaterOf().deflate(message)
    expect(result).toBeInstanceOf(Promise)
    expect(new ReferenceInflater().inflate((await result)!)).toEqual(message)
  })
})

describe('What messages refer to', () => {
  it('is what was sent compressed before, with context takeover', async () => {
    const deflater = deflaterOf()
    const first = (await deflater.deflate(HELLO))!
    // Did not get smaller, so it was not sent compressed, and the peer cannot refer to it.
    expect(await deflater.deflate(noise(3000))).toBeUndefined()
    const second = (await deflater.deflate(HELLO))!
    expect(second.length).toBeLessThan(first.length)
    const peer = new ReferenceInflater()
    expect([peer.inflate(first), peer.inflate(second)]).toEqual([HELLO, HELLO])
  })

  it('is nothing but themselves without', async () => {
    const deflater = deflaterOf({ role: 'client' })
    expect(await deflater.deflate(HELLO)).toEqual(await deflater.deflate(HELLO))
  })

  it('says whether the result depends on the message alone', () => {
    expect(deflaterOf({ role: 'client' }).isStateless).toBe(true)
    expect(deflaterOf({ role: 'server' }).isStateless).toBe(false)
  })

  it.each([9, 10, 11, 12, 13, 14, 15])('is never farther back than a window of %i bits', async (bits) => {
    const repeated = noise(100)
    const gap = (length: number) => utf8('x'.repeat(length))
    for (const isStateless of [true, false]) {
      const agreement = { ...AGREEMENT, serverMaxWindowBits: bits, serverNoContextTakeover: isStateless }
      const deflater = deflaterOf({ agreement })
      const peer = new ReferenceInflater()
      for (const length of [0, 2 ** bits - 400, 2 ** bits - 100, 2 ** bits]) {
        const message = Buffer.concat([repeated, gap(Math.max(0, length)), repeated])
        const compressed = await deflater.deflate(message)
        if (compressed === undefined) continue
        if (isStateless) peer.output.length = 0
        expect(peer.inflate(compressed)).toEqual(Uint8Array.from(message))
      }
      expect(peer.maxDistance).toBeGreaterThan(2 ** (bits - 2))
      expect(peer.maxDistance).toBeLessThanOrEqual(2 ** bits)
    }
  })

  it('is nothing at all where zlib cannot compress for the window', () => {
    const agreement = { ...AGREEMENT, clientMaxWindowBits: 8 }
    expect(deflaterOf({ agreement, role: 'client' }).deflate(HELLO)).toBeUndefined()
  })
})
