// Messages that are made to cost more than they should. What they do cost is printed by `pnpm bench:deflate`.
import { constants, createDeflateRaw } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { protocolErrors } from '../protocol/protocol-error.ts'
import { MessageInflater } from './message-inflater.ts'
import { ZlibPool } from './zlib-pool.ts'

const KIB = 1024

function inflaterOf(maxMessageBytes: number, maxInflateRatio = 25): MessageInflater {
  return new MessageInflater({
    agreement: {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    },
    role: 'server',
    options: { maxInflateRatio },
    maxMessageBytes,
    pool: new ZlibPool(),
  })
}

describe('100 MiB of zeros in 102 KB', () => {
  it.each([
    {
      limit: '256 KiB',
      maxMessageBytes: 256 * KIB,
      ratio: 25,
      held: '484 KiB',
      error: protocolErrors.messageTooBig,
    },
    {
      limit: '64 MiB',
      maxMessageBytes: 65_536 * KIB,
      ratio: 25,
      held: '2652 KiB',
      error: protocolErrors.inflatedTooMuch,
    },
    {
      limit: '1 MiB and any ratio',
      maxMessageBytes: 1024 * KIB,
      ratio: Infinity,
      held: '1252 KiB',
      error: protocolErrors.messageTooBig,
    },
  ])('is refused at a limit of $limit, holding $held at most', async (bomb) => {
    const input = await compressedZeros(100 * KIB * KIB)
    expect(input.length).toBeLessThan(102_000)
    const before = process.memoryUsage().arrayBuffers
    const pending = inflaterOf(bomb.maxMessageBytes, bomb.ratio).inflate(input)
    const heldBytes = process.memoryUsage().arrayBuffers - before
    expect(await pending).toBe(bomb.error)
    // The input with its tail, the most that may come out, and no more than 64 KiB besides.
    const mayComeOut = Math.min(bomb.maxMessageBytes, input.length * bomb.ratio)
    expect(heldBytes).toBeLessThanOrEqual(input.length + mayComeOut + 64 * KIB)
    expect(heldBytes).toBeLessThanOrEqual(Number.parseInt(bomb.held) * KIB)
  })

  it('is refused in a message of two parts too', async () => {
    const input = await compressedZeros(KIB * KIB)
    // Two final blocks: each inflates to half of it.
    const half = Buffer.concat([input, Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x03, 0x00)])
    const whole = Buffer.concat([half, half, Uint8Array.of(0)])
    expect(await inflaterOf(1024 * KIB * 2, Infinity).inflate(whole)).toHaveLength(2 * KIB * KIB)
    expect(await inflaterOf(1024 * KIB * 2 - 1, Infinity).inflate(whole)).toBe(protocolErrors.messageTooBig)
  })
})

describe('A message of nothing but empty blocks', () => {
  const emptyBlocks = (count: number): Uint8Array => {
    const block = Uint8Array.of(0x00, 0x00, 0x00, 0xff, 0xff)
    return Uint8Array.from({ length: count * 5 + 1 }, (_, index) => block[index % 5]!)
  }

  it('is empty, and is inflated in a thread if it has many', async () => {
    const result = inflaterOf(256 * KIB).inflate(emptyBlocks(52_000))
    expect(result).toBeInstanceOf(Promise)
    expect(await result).toHaveLength(0)
    expect(inflaterOf(256 * KIB).inflate(emptyBlocks(3000))).toHaveLength(0)
  })
})

describe('Many messages in one turn', () => {
  it('do not hold up the event loop for longer than their share of it', async () => {
    let nowMs = 0
    const turns: (() => void)[] = []
    const clock = {
      now: () => 0,
      // Every job takes a millisecond, as the worst ones do.
      monotonic: () => nowMs++,
      setTimer: () => ({ cancel: () => {} }),
      defer: (callback: () => void) => void turns.push(callback),
    }
    const pool = new ZlibPool({ clock, maxMsPerTurn: 5 })
    const agreement = {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    }
    const input = await compressedZeros(60 * KIB)
    const results = Array.from({ length: 100 }, () =>
      new MessageInflater({
        agreement,
        role: 'server',
        options: { maxInflateRatio: 25 },
        maxMessageBytes: 256 * KIB,
        pool,
      }).inflate(input),
    )
    expect(results.filter((result) => !(result instanceof Promise))).toHaveLength(5)
    for (let turn = 1; turn < 20; turn++) {
      expect(pool.waiting).toBe(100 - 5 * turn)
      turns.shift()!()
    }
    expect(pool.waiting).toBe(0)
    for (const result of results) expect(await result).toHaveLength(60 * KIB)
  })
})

/** Made without ever holding them. */
async function compressedZeros(bytes: number): Promise<Uint8Array> {
  const stream = createDeflateRaw({ level: 9 })
  const chunks: Uint8Array[] = []
  stream.on('data', (chunk: Uint8Array) => chunks.push(chunk))
  const zeros = new Uint8Array(1024 * KIB)
  for (let left = bytes; left > 0; left -= zeros.length) {
    await new Promise((resolve) => stream.write(zeros.subarray(0, Math.min(left, zeros.length)), resolve))
  }
  await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve))
  stream.close()
  return Uint8Array.from(Buffer.concat(chunks).subarray(0, -4))
}
