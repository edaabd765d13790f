// A15 to A18: permessage-deflate as a weapon.
import { randomBytes } from 'node:crypto'
import { constants, deflateRawSync } from 'node:zlib'
import { buildFrame, type RawWebSocket } from '../../support/raw-websocket.ts'
import { allHold, kibibytes, milliseconds, type AttackCase, type Measured } from '../attack-case.ts'
import type { Stage } from '../stage.ts'
import { closeCodeOf, DEFLATE, open, percentile, shake } from '../tools.ts'

/** RSV1: compressed. */
const COMPRESSED = 4

function compress(data: Uint8Array): Buffer {
  return deflateRawSync(data, { level: 9, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}

/** Sends something compressed, and measures what becomes of it. */
async function explode(
  stage: Stage,
  bytes: Uint8Array,
): Promise<{ code: number | undefined; grownBytes: number; cpuMs: number }> {
  const before = await stage.facts({ collect: true, reset: true })
  await using raw = await open(stage.ports.h1, '/deflate', DEFLATE)
  raw.socket.write(bytes)
  const code = await closeCodeOf(raw)
  const after = await stage.facts()
  return {
    code,
    grownBytes: after.peakBytes - before.heldBytes,
    cpuMs: after.threadCpuMs - before.threadCpuMs,
  }
}

/** A15. */
async function bomb(stage: Stage): Promise<Measured> {
  const zeros = compress(Buffer.alloc(100 * 1024 * 1024))
  const whole = buildFrame(zeros, { opcode: 2, rsv: COMPRESSED })
  const size = Math.ceil(zeros.length / 1000)
  const pieces = Array.from({ length: 1000 }, (_, index) =>
    buildFrame(zeros.subarray(index * size, (index + 1) * size), {
      opcode: index === 0 ? 2 : 0,
      rsv: index === 0 ? COMPRESSED : 0,
      isFinal: index === 999,
    }),
  )
  const outcomes = [await explode(stage, whole), await explode(stage, Buffer.concat(pieces))]
  const peakBytes = Math.max(...outcomes.map(({ grownBytes }) => grownBytes))
  return {
    sent: `100 MiB of zeros in ${kibibytes(zeros.length)}, whole and in 1000 fragments`,
    bound: '1009, peak memory at most 8 MiB more (limit 1 MiB for a message)',
    measured: `${outcomes.map(({ code }) => code).join(', ')}, peak ${kibibytes(peakBytes)} more`,
    holds: outcomes.every(({ code }) => code === 1009) && peakBytes <= 8 * 1024 * 1024,
  }
}

/** A15: what inflates to nothing and takes time. */
async function emptyBlocks(stage: Stage): Promise<Measured> {
  const stored = Buffer.from('000000ffff'.repeat(40_000), 'hex')
  const final = Buffer.from('0300'.repeat(100_000), 'hex')
  const costs: number[] = []
  for (const blocks of [stored, final]) {
    const raw = await open(stage.ports.h1, '/deflate', DEFLATE)
    const before = (await stage.facts()).threadCpuMs
    raw.send(blocks, { opcode: 2, rsv: COMPRESSED })
    raw.send('behind it')
    await Promise.race([raw.until(() => raw.frames.length > 0).catch(() => {}), raw.ended])
    costs.push((await stage.facts()).threadCpuMs - before)
    await raw[Symbol.asyncDispose]()
  }
  return {
    sent: '200 kB of empty stored blocks, 200 kB of empty final blocks',
    bound: 'at most 100 ms of CPU of the event loop',
    measured: costs.map(milliseconds).join(', '),
    holds: costs.every((ms) => ms <= 100),
  }
}

/** A16. */
async function windowBits(stage: Stage): Promise<Measured> {
  const checks: Record<string, boolean> = {}
  for (const bits of ['7', '08', '16', '""', '15.0', '-1', '1e1', '99999999999999999999', '"8', '9;9', '']) {
    for (const name of ['server_max_window_bits', 'client_max_window_bits']) {
      const offer = `permessage-deflate; ${name}=${bits}`
      const { status, text } = await shake(stage.ports.h1, '/deflate', { 'Sec-WebSocket-Extensions': offer })
      checks[offer] = (status === 101 || status === 400) && !text.includes('\r\nSec-WebSocket-Extensions:')
    }
  }
  for (let bits = 9; bits <= 15; bits++) {
    const changes = { 'Sec-WebSocket-Extensions': `permessage-deflate; server_max_window_bits=${bits}` }
    await using raw = await open(stage.ports.h1, '/deflate', changes)
    raw.send(compress(Buffer.from('a'.repeat(3000))), { opcode: 1, rsv: COMPRESSED })
    await raw.until(() => raw.frames.length > 0)
    checks[`${bits} works`] = raw.head?.includes(`server_max_window_bits=${bits}`) === true
  }
  return allHold(
    'window sizes out of range and out of form',
    'declined or 400, no crash; 9 to 15 work',
    checks,
  )
}

/** A17. */
async function sideChannel(stage: Stage): Promise<Measured> {
  const wire: string[] = []
  await using raw = await open(stage.ports.h1, '/opt-out', DEFLATE)
  // The first byte of each frame tells RSV1; the helper keeps only opcodes, so the bytes are looked at here.
  raw.socket.on('data', (chunk: Buffer) => wire.push(chunk.toString('hex')))
  const exchange = async (text: string): Promise<string> => {
    wire.length = 0
    const count = raw.frames.length
    raw.send(text)
    await raw.until(() => raw.frames.length > count)
    return wire.join('')
  }
  const secret = 'secret=0123456789;'
  const even = await exchange(secret.repeat(10))
  const odd = await exchange(`${secret.repeat(10)}x`)
  const again = await exchange(secret.repeat(10))
  return allHold(
    'the same message again, compressed and opted out',
    'opted out is in the clear; nothing refers back to earlier messages',
    {
      'opted out is not compressed': odd.startsWith('81'),
      'else it is': even.startsWith('c1'),
      'no context takeover by default': even === again,
      'and that is agreed on': raw.head?.includes('server_no_context_takeover') === true,
    },
  )
}

/** A18. */
async function manyInflations(stage: Stage): Promise<Measured> {
  // As large as a message may be, and of a ratio that is allowed.
  const text = Buffer.concat(
    Array.from({ length: 4000 }, () => Buffer.concat(Array<Buffer>(8).fill(randomBytes(32)))),
  )
  const compressed = compress(text)
  const frame = buildFrame(compressed, { opcode: 2, rsv: COMPRESSED })
  const clients: RawWebSocket[] = []
  for (let count = 0; count < 100; count++) clients.push(await open(stage.ports.h1, '/deflate', DEFLATE))
  await stage.facts({ collect: true, reset: true })
  const startedAt = performance.now()
  for (const client of clients) client.socket.write(frame)
  const answered = await Promise.all(
    clients.map((client) => Promise.race([client.until(() => client.frames.length > 0), client.ended])),
  )
  const { loopDelayMs, peakBytes } = await stage.facts()
  const wallMs = performance.now() - startedAt
  for (const client of clients) await client[Symbol.asyncDispose]()
  return {
    sent: `100 connections, on each a message of 1000 KiB in ${kibibytes(compressed.length)}, at once`,
    bound: 'event loop delay p99 below 100 ms',
    measured: `${milliseconds(loopDelayMs)}, peak ${kibibytes(peakBytes)}, all ${answered.length} answered in ${milliseconds(wallMs)}`,
    holds: loopDelayMs < 100 && clients.every(({ closeCode }) => closeCode === undefined),
  }
}

/** A18: another client meanwhile. */
async function inflationsBeside(stage: Stage): Promise<Measured> {
  const frame = buildFrame(compress(Buffer.alloc(60 * 1024, 'ab')), { opcode: 2, rsv: COMPRESSED })
  const clients: RawWebSocket[] = []
  for (let count = 0; count < 100; count++) clients.push(await open(stage.ports.h1, '/deflate', DEFLATE))
  await using victim = await open(stage.ports.h1, '/lenient')
  const many = Buffer.concat(Array.from({ length: 20 }, () => frame))
  for (const client of clients) client.socket.write(many)
  const times: number[] = []
  const isDone = (): boolean => clients.every(({ frames }) => frames.length >= 20)
  while (!isDone()) {
    const startedAt = performance.now()
    const count = victim.frames.length
    victim.send('x')
    await victim.until(() => victim.frames.length > count)
    times.push(performance.now() - startedAt)
  }
  for (const client of clients) await client[Symbol.asyncDispose]()
  const p99 = percentile(times, 0.99)
  return {
    sent: '2000 messages of 60 KiB that inflate at once, over 100 connections',
    bound: 'another client is answered below 250 ms (p99)',
    measured: `${milliseconds(p99)} over ${times.length} echoes`,
    holds: p99 < 250,
  }
}

export const COMPRESSION_ATTACKS: readonly AttackCase[] = [
  { id: 'A15', name: 'a decompression bomb', run: bomb },
  { id: 'A15b', name: 'blocks that inflate to nothing', run: emptyBlocks },
  { id: 'A16', name: 'window bits out of range', run: windowBits },
  { id: 'A17', name: 'compression as a side channel', run: sideChannel },
  { id: 'A18', name: 'many inflations at once', run: manyInflations },
  { id: 'A18b', name: 'another client during many inflations', run: inflationsBeside },
]
