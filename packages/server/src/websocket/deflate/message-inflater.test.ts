import { constants, deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../testing/fake-clock.ts'
import { SeededRandom } from '../../testing/seeded-random.ts'
import { hex, utf8 } from '../../testing/websocket/hex.ts'
import type { DeflateAgreement } from '../protocol/deflate-negotiation.ts'
import { protocolErrors, type WebSocketProtocolError } from '../protocol/protocol-error.ts'
import { MessageInflater, type MessageInflaterOptions } from './message-inflater.ts'
import { ZlibPool } from './zlib-pool.ts'

const TAKEOVER: DeflateAgreement = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
}
const NO_TAKEOVER: DeflateAgreement = { ...TAKEOVER, clientNoContextTakeover: true }

function inflaterOf(options: Partial<MessageInflaterOptions> = {}): MessageInflater {
  return new MessageInflater({
    agreement: TAKEOVER,
    role: 'server',
    options: { maxInflateRatio: 25 },
    maxMessageBytes: 256 * 1024,
    pool: new ZlibPool(),
    ...options,
  })
}

/** Bytes that do not compress, the same every time. */
const noise = (length: number) => new SeededRandom(1).bytes(length)

const textOf = (result: Uint8Array | WebSocketProtocolError) =>
  'closeCode' in result ? result : Buffer.from(result).toString()

const inflateText = async (inflater: MessageInflater, digits: string) =>
  textOf(await inflater.inflate(hex(digits)))

/** As a peer compresses one message by itself. */
function compress(payload: Uint8Array): Uint8Array {
  return deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}

describe('The examples of RFC 7692 §7.2.3', () => {
  it('are inflated, with and without what was before', async () => {
    expect(await inflateText(inflaterOf(), 'f2 48 cd c9 c9 07 00')).toBe('Hello')
    const inflater = inflaterOf()
    // §7.2.3.2: the second refers to the first.
    expect(await inflateText(inflater, 'f2 48 cd c9 c9 07 00')).toBe('Hello')
    expect(await inflateText(inflater, 'f2 00 11 00 00')).toBe('Hello')
    // §7.2.3.3: a stored block.
    expect(await inflateText(inflater, '00 05 00 fa ff 48 65 6c 6c 6f 00')).toBe('Hello')
    // §7.2.3.4: a final block.
    expect(await inflateText(inflater, 'f3 48 cd c9 c9 07 00 00')).toBe('Hello')
    // §7.2.3.5: two blocks.
    expect(await inflateText(inflater, 'f2 48 05 00 00 00 ff ff ca c9 c9 07 00')).toBe('Hello')
    // §7.2.3.6: an empty message.
    expect(await inflateText(inflater, '00')).toBe('')
    expect(await inflateText(inflater, 'f2 00 11 00 00')).toBe('Hello')
  })

  it('do not refer back without context takeover', async () => {
    const inflater = inflaterOf({ agreement: NO_TAKEOVER })
    expect(await inflateText(inflater, 'f2 48 cd c9 c9 07 00')).toBe('Hello')
    expect(await inflateText(inflater, 'f2 00 11 00 00')).toBe(protocolErrors.invalidCompression)
  })
})

describe('Final blocks', () => {
  it('may end a message with or without the rest of a flush', async () => {
    const inflater = inflaterOf()
    expect(await inflateText(inflater, 'f3 48 cd c9 c9 07 00')).toBe('Hello')
    expect(await inflateText(inflater, '01')).toBe('')
    expect(await inflateText(inflater, 'f2 00 11 00 00')).toBe('Hello')
  })

  it('may be followed by more of the message, which may refer to them', async () => {
    for (const agreement of [TAKEOVER, NO_TAKEOVER]) {
      const inflater = inflaterOf({ agreement })
      const twice = 'f3 48 cd c9 c9 07 00 f2 00 11 00 00'
      expect(await inflateText(inflater, twice)).toBe('HelloHello')
      expect(await inflateText(inflater, `f3 48 cd c9 c9 07 00 ${twice}`)).toBe('HelloHelloHello')
    }
  })

  it('are so many at most', async () => {
    const finals = (count: number) =>
      Buffer.concat([...Array<Uint8Array>(count).fill(hex('03 00')), hex('00')])
    expect(textOf(await inflaterOf().inflate(finals(64)))).toBe('')
    expect(textOf(await inflaterOf().inflate(finals(65)))).toBe(protocolErrors.invalidCompression)
    expect(textOf(await inflaterOf().inflate(finals(100_000)))).toBe(protocolErrors.invalidCompression)
  })

  it('count together against the size of the message', async () => {
    const half = deflateRawSync(Buffer.alloc(600))
    const whole = Buffer.concat([half, half, hex('00')])
    expect(await inflaterOf({ maxMessageBytes: 1200 }).inflate(whole)).toHaveLength(1200)
    expect(await inflaterOf({ maxMessageBytes: 1199 }).inflate(whole)).toBe(protocolErrors.messageTooBig)
    const oneMore = Buffer.concat([half, deflateRawSync(utf8('a')), hex('00')])
    expect(await inflaterOf({ maxMessageBytes: 600 }).inflate(oneMore)).toBe(protocolErrors.messageTooBig)
    const exact = Buffer.concat([half, hex('03 00'), hex('00')])
    expect(await inflaterOf({ maxMessageBytes: 600 }).inflate(exact)).toHaveLength(600)
  })
})

describe('What is not deflate data', () => {
  it.each([
    ['a reserved type of block', '07'],
    ['a stored length that does not match', '00 05 00 fa fe 48 65 6c 6c 6f 00'],
    ['a stored block that is cut short', '00 05 00 fa ff 48 65'],
    ['a block that is cut short', 'f2 48 cd c9'],
    ['a reference to before the beginning', 'f2 00 11 00 00'],
    ['bytes after the flush', 'f2 48 cd c9 c9 07 00 00 00 ff ff ff'],
    ['a final block that lacks a byte, which is not to be taken from the tail', '01 01 00 fe ff'],
    ['what would take a constant tail for its own end', '9b 1b a1 3d 61'],
    ['a stored block that reaches over a tail of 17 bytes', '01 12 00 ed ff 41'],
    ['garbage', 'ff ff ff ff ff ff'],
    ['garbage after a final block', 'f3 48 cd c9 c9 07 00 07'],
  ])('fails for %s', async (_, digits) => {
    const inflater = inflaterOf()
    expect(await inflater.inflate(hex(digits))).toBe(protocolErrors.invalidCompression)
    // What a broken sender says next cannot be trusted.
    expect(await inflater.inflate(hex('f2 48 cd c9 c9 07 00'))).toBe(protocolErrors.invalidCompression)
  })

  it('fails in a thread too', async () => {
    const broken = compress(noise(100_000))
    broken[0] = 7
    const result = inflaterOf().inflate(broken)
    expect(result).toBeInstanceOf(Promise)
    expect(await result).toBe(protocolErrors.invalidCompression)
    const short = compress(noise(100_000)).subarray(0, 60_000)
    expect(await inflaterOf().inflate(short)).toBe(protocolErrors.invalidCompression)
  })

  it('is taken for an empty message where there is nothing at all', () => {
    expect(inflaterOf().inflate(hex(''))).toHaveLength(0)
  })
})

describe('The size of a message', () => {
  it('is limited exactly', async () => {
    const compressed = compress(Buffer.alloc(1000, 'ab'))
    expect(await inflaterOf({ maxMessageBytes: 1000 }).inflate(compressed)).toHaveLength(1000)
    expect(await inflaterOf({ maxMessageBytes: 999 }).inflate(compressed)).toBe(protocolErrors.messageTooBig)
    expect(await inflaterOf({ maxMessageBytes: 0 }).inflate(compressed)).toBe(protocolErrors.messageTooBig)
    expect(await inflaterOf({ maxMessageBytes: 0 }).inflate(hex('00'))).toHaveLength(0)
  })

  it('may be anything up to 64 KiB, and so many times what came above', async () => {
    expect(await inflaterOf().inflate(compress(Buffer.alloc(65_536)))).toHaveLength(65_536)
    expect(await inflaterOf().inflate(compress(Buffer.alloc(65_537)))).toBe(protocolErrors.inflatedTooMuch)
    const modest = compress(Buffer.concat([noise(8_000), Buffer.alloc(190_000)]))
    expect(await inflaterOf().inflate(modest)).toHaveLength(198_000)
  })

  it('may be anything if the ratio is not limited', async () => {
    const options = { maxInflateRatio: Infinity }
    const compressed = compress(Buffer.alloc(10_000_000))
    const inflater = inflaterOf({ options, maxMessageBytes: Infinity })
    expect(await inflater.inflate(compressed)).toHaveLength(10_000_000)
    const limited = inflaterOf({ options, maxMessageBytes: 9_999_999 })
    expect(await limited.inflate(compressed)).toBe(protocolErrors.messageTooBig)
  })

  it('does not keep a buffer alive that is much larger than the message', async () => {
    const result = (await inflaterOf().inflate(compress(utf8('a'.repeat(5000))))) as Uint8Array
    expect(result.buffer.byteLength).toBeLessThanOrEqual(10_000)
  })
})

describe('Where messages are inflated', () => {
  it('is here for those that are soon done, in a thread for others', async () => {
    const inflater = inflaterOf()
    expect(inflater.inflate(compress(utf8('x'.repeat(60_000))))).toBeInstanceOf(Uint8Array)
    const long = inflater.inflate(compress(noise(20_000)))
    expect(long).toBeInstanceOf(Promise)
    expect(await long).toHaveLength(20_000)
  })

  it('is a later turn for those that come when this one had its share', async () => {
    const clock = new FakeClock()
    const pool = new ZlibPool({ clock, maxMsPerTurn: 0 })
    const result = inflaterOf({ pool }).inflate(hex('f2 48 cd c9 c9 07 00'))
    expect(result).toBeInstanceOf(Promise)
    expect(pool.waiting).toBe(1)
  })

  it('makes no difference to what messages refer to', async () => {
    const inflater = inflaterOf()
    const before = noise(40_000)
    const end = before.subarray(-1000)
    expect(await inflater.inflate(compress(before))).toHaveLength(40_000)
    const dictionary = before.subarray(-32_768)
    const referring = deflateRawSync(end, { finishFlush: constants.Z_SYNC_FLUSH, dictionary }).subarray(0, -4)
    expect(referring.length).toBeLessThan(50)
    expect(await inflater.inflate(referring)).toEqual(end)
  })
})
