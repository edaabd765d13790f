// Both directions of compression against each other, and against zlib streams as another implementation holds them.
import { once } from 'node:events'
import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../testing/seeded-random.ts'
import type { DeflateAgreement } from '../protocol/deflate-negotiation.ts'
import type { WebSocketProtocolError } from '../protocol/protocol-error.ts'
import { DEFAULT_DEFLATE_OPTIONS } from './deflate-options.ts'
import { MessageDeflater } from './message-deflater.ts'
import { MessageInflater } from './message-inflater.ts'
import { ZlibPool } from './zlib-pool.ts'

type Role = 'server' | 'client'

const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff)
const pool = new ZlibPool()
const maxMessageBytes = 1024 * 1024

/** What another implementation keeps for a connection: one stream, flushed after each message. */
class StreamPeer {
  readonly #stream: DeflateRaw | InflateRaw

  constructor(stream: DeflateRaw | InflateRaw) {
    this.#stream = stream
  }

  async convert(input: Uint8Array): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    const collect = (chunk: Uint8Array): unknown => chunks.push(chunk)
    this.#stream.on('data', collect)
    this.#stream.write(input)
    await new Promise<void>((resolve) => this.#stream.flush(constants.Z_SYNC_FLUSH, resolve))
    this.#stream.off('data', collect)
    return Uint8Array.from(Buffer.concat(chunks))
  }

  async close(): Promise<void> {
    this.#stream.close()
    await once(this.#stream, 'close')
  }
}

function agreementOf(role: Role, windowBits: number, hasTakeover: boolean): DeflateAgreement {
  return {
    serverNoContextTakeover: role === 'server' ? !hasTakeover : true,
    clientNoContextTakeover: role === 'client' ? !hasTakeover : true,
    serverMaxWindowBits: role === 'server' ? windowBits : 9,
    clientMaxWindowBits: role === 'client' ? windowBits : 9,
  }
}

const deflaterOf = (role: Role, agreement: DeflateAgreement, level = 6): MessageDeflater =>
  new MessageDeflater({
    agreement,
    role,
    pool,
    options: { ...DEFAULT_DEFLATE_OPTIONS, level, thresholdBytes: 0 },
  })

/** The inflater at the other end of a sender. */
const inflaterFrom = (sender: Role, agreement: DeflateAgreement): MessageInflater =>
  new MessageInflater({
    agreement,
    role: sender === 'server' ? 'client' : 'server',
    options: { maxInflateRatio: Infinity },
    maxMessageBytes,
    pool,
  })

const role = fc.constantFrom<Role>('server', 'client')
const windowBits = fc.integer({ min: 9, max: 15 })

/** Messages of all kinds: any bytes, words that come again and again, long repetitions, noise. */
const message = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .array(fc.constantFrom('{"id":', '"name":"', 'Ada', '", ', '42', 'Grüße', '}'), { maxLength: 300 })
    .map((words) => Uint8Array.from(Buffer.from(words.join('')))),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 40_000 }))
    .map(([pattern, length]) => Uint8Array.from({ length }, (_, index) => pattern[index % pattern.length]!)),
  fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 40_000 }))
    .map(([seed, length]) => new SeededRandom(seed).bytes(length)),
)
const messages = fc.array(message, { minLength: 1, maxLength: 8 })

describe('Any messages, with any agreement, in either role', () => {
  it('come out as they went in', async () => {
    await fc.assert(
      fc.asyncProperty(
        role,
        windowBits,
        fc.boolean(),
        fc.integer({ min: 0, max: 9 }),
        messages,
        async (...args) => {
          const [sender, bits, hasTakeover, level, payloads] = args
          const agreement = agreementOf(sender, bits, hasTakeover)
          const deflater = deflaterOf(sender, agreement, level)
          const inflater = inflaterFrom(sender, agreement)
          for (const payload of payloads) {
            const compressed = await deflater.deflate(payload)
            if (compressed === undefined) continue
            expect(compressed.length).toBeLessThan(payload.length)
            expectSame(await inflater.inflate(compressed), payload)
          }
        },
      ),
    )
  })

  it('come out of a zlib stream with exactly the window that was agreed on', async () => {
    await fc.assert(
      fc.asyncProperty(
        role,
        windowBits,
        fc.boolean(),
        messages,
        async (sender, bits, hasTakeover, payloads) => {
          const deflater = deflaterOf(sender, agreementOf(sender, bits, hasTakeover))
          // A small chunk makes zlib look into its window, not into what it has just put out.
          const peer = new StreamPeer(createInflateRaw({ windowBits: bits, chunkSize: 64 }))
          for (const payload of payloads) {
            const compressed = await deflater.deflate(payload)
            if (compressed === undefined) continue
            expectSame(await peer.convert(Buffer.concat([compressed, TAIL])), payload)
          }
          await peer.close()
        },
      ),
    )
  })

  it('come out as a zlib stream put them in', async () => {
    await fc.assert(
      fc.asyncProperty(role, windowBits, messages, async (sender, bits, payloads) => {
        const inflater = inflaterFrom(sender, agreementOf(sender, bits, true))
        const peer = new StreamPeer(createDeflateRaw({ windowBits: bits }))
        for (const payload of payloads) {
          expectSame(await inflater.inflate(await compressed(peer, payload)), payload)
        }
        await peer.close()
      }),
    )
  })
})

describe('A thousand messages with context takeover', () => {
  it.each([9, 12, 15])('from a zlib stream with a window of %i bits', async (bits) => {
    const inflater = inflaterFrom('client', agreementOf('client', bits, true))
    const peer = new StreamPeer(createDeflateRaw({ windowBits: bits }))
    for (let index = 0; index < 1000; index++) {
      const payload = chatMessage(index)
      expectSame(await inflater.inflate(await compressed(peer, payload)), payload)
    }
    await peer.close()
  })

  it.each([9, 12, 15])('to a zlib stream with a window of %i bits', async (bits) => {
    const deflater = deflaterOf('server', agreementOf('server', bits, true))
    const peer = new StreamPeer(createInflateRaw({ windowBits: bits, chunkSize: 64 }))
    for (let index = 0; index < 1000; index++) {
      const payload = chatMessage(index)
      const result = await deflater.deflate(payload)
      if (result !== undefined) expectSame(await peer.convert(Buffer.concat([result, TAIL])), payload)
    }
    await peer.close()
  })
})

describe('Any bytes', () => {
  it('are inflated or refused within the limits, and nothing is thrown', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(message, fc.nat(), fc.nat(255)).map(([payload, position, byte]) => {
        const result = deflaterOf('client', agreementOf('client', 15, false)).deflate(
          payload.subarray(0, 10_000),
        )
        if (!(result instanceof Uint8Array)) return payload.subarray(0, 100)
        return result.map((old, index) => (index === position % result.length ? byte : old))
      }),
    )
    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), fc.nat(5000), async (input, hasTakeover, limit) => {
        const inflater = new MessageInflater({
          agreement: agreementOf('client', 15, hasTakeover),
          role: 'server',
          options: { maxInflateRatio: 25 },
          maxMessageBytes: limit,
          pool,
        })
        const result = await inflater.inflate(input)
        if ('closeCode' in result) expect([1007, 1009]).toContain(result.closeCode)
        else expect(result.length).toBeLessThanOrEqual(limit)
      }),
      { numRuns: 1000 },
    )
  })
})

/** Vitest compares bytes one by one, which takes longer than all the rest. */
function expectSame(result: Uint8Array | WebSocketProtocolError, expected: Uint8Array): void {
  expect('closeCode' in result ? result : Buffer.compare(result, expected)).toBe(0)
}

async function compressed(peer: StreamPeer, payload: Uint8Array): Promise<Uint8Array> {
  const flushed = await peer.convert(payload)
  // zlib does not flush twice in a row: an empty message after another one is the block that §7.2.3.6 shows.
  return flushed.length === 0 ? Uint8Array.of(0) : flushed.subarray(0, -TAIL.length)
}

function chatMessage(index: number): Uint8Array {
  const text = `message ${index} of ${(index * 7919) % 1000}, `.repeat(1 + (index % 30))
  return Uint8Array.from(Buffer.from(JSON.stringify({ id: index, from: `user-${index % 17}`, text })))
}
