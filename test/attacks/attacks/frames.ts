// A8 to A10, A13, A14, A21, A43: frames that lie, dribble, never end, or are not taken.
import { buildFrame, type RawWebSocket } from '../../support/raw-websocket.ts'
import { allHold, kibibytes, milliseconds, type AttackCase, type Measured } from '../attack-case.ts'
import type { Stage } from '../stage.ts'
import { closeCodeOf, median, open, write } from '../tools.ts'

/** A frame that only has its header: what it declares never comes. */
function liar(length: bigint): Buffer {
  const bytes = Buffer.alloc(14)
  bytes[0] = 0x82
  bytes[1] = 0xff
  bytes.writeBigUInt64BE(length, 2)
  return bytes
}

const LIMIT_BYTES = 256n * 1024n

/** A8. */
async function hugeLengths(stage: Stage): Promise<Measured> {
  const before = (await stage.facts({ collect: true })).heldBytes
  const times: number[] = []
  const checks: Record<string, boolean> = {}
  const cases = [
    [2n ** 63n - 1n, 1009],
    [2n ** 64n - 1n, 1002],
    [2n ** 53n, 1009],
    [LIMIT_BYTES + 1n, 1009],
  ] as const
  for (const [length, code] of cases) {
    await using raw = await open(stage.ports.h1)
    const startedAt = performance.now()
    raw.socket.write(liar(length))
    checks[`${length} bytes`] = (await closeCodeOf(raw)) === code
    times.push(performance.now() - startedAt)
  }
  // Exactly the limit may come, and nothing is set aside for it before it does.
  const waiting = await Promise.all(Array.from({ length: 20 }, () => open(stage.ports.h1)))
  for (const raw of waiting) raw.socket.write(liar(LIMIT_BYTES))
  await stage.settles(({ connections }) => connections >= 20)
  const grownBytes = (await stage.facts({ collect: true })).heldBytes - before
  const perConnection = grownBytes / 20
  for (const raw of waiting) await raw[Symbol.asyncDispose]()
  return {
    sent: 'declared lengths from 256 KiB to 2^64 − 1, none delivered',
    bound: '1009 or 1002 in 50 ms, 64 KiB held for each declared 256 KiB',
    measured: `${Object.values(checks).every(Boolean) ? 'codes as they should be' : JSON.stringify(checks)}, ${milliseconds(median(times))}, ${kibibytes(perConnection)}`,
    holds: Object.values(checks).every(Boolean) && median(times) <= 50 && perConnection < 64 * 1024,
  }
}

/** A9. */
async function slowFrame({ ports }: Stage): Promise<Measured> {
  await using raw = await open(ports.h1, '/hurried')
  const startedAt = performance.now()
  raw.socket.write(liar(200_000n))
  const dribble = setInterval(() => void (raw.socket.writable && raw.socket.write('x')), 50)
  const code = await closeCodeOf(raw)
  clearInterval(dribble)
  const afterMs = performance.now() - startedAt
  return {
    sent: 'a frame of 200 kB, a byte each 50 ms; deadline 1 s',
    bound: '1008 between 1 s and 2 s',
    measured: `${code} after ${milliseconds(afterMs)}`,
    holds: code === 1008 && afterMs >= 900 && afterMs < 2500,
  }
}

const FRAGMENTS = 131_000
/** How many connections hold them at the same time, so that what else comes and goes does not count. */
const HOLDERS = 8

function fragments(count: number): Buffer {
  const first = buildFrame(Buffer.of(1), { opcode: 2, isFinal: false })
  const next = buildFrame(Buffer.of(1), { opcode: 0, isFinal: false })
  return Buffer.concat([first, ...Array.from({ length: count - 1 }, () => next)])
}

/** A10. */
async function fragmentFlood({ ports }: Stage): Promise<Measured> {
  const codes: (number | undefined)[] = []
  for (const empty of [false, true]) {
    await using raw = await open(ports.h1)
    const all = empty
      ? Buffer.concat([
          buildFrame('', { isFinal: false }),
          ...Array.from({ length: 3000 }, () => buildFrame('', { opcode: 0, isFinal: false })),
        ])
      : fragments(FRAGMENTS)
    void write(raw.socket, all)
    codes.push(await closeCodeOf(raw))
  }
  return {
    sent: `${FRAGMENTS} fragments of one byte, or of none`,
    bound: '1008 with the default limit of 1024',
    measured: codes.join(', '),
    holds: codes.every((code) => code === 1008),
  }
}

/** A10: the memory must hold where nothing closes. */
async function fragmentMemory(stage: Stage): Promise<Measured> {
  await stage.settles(({ connections }) => connections === 0)
  const before = (await stage.facts({ collect: true })).heldBytes
  const cpuOf = async (count: number, raw: RawWebSocket): Promise<number> => {
    const startMs = (await stage.facts()).threadCpuMs
    await write(raw.socket, fragments(count))
    // A ping is answered between fragments, so the answer says that all of them have been read.
    const pongs = raw.frames.length
    raw.send('', { opcode: 9 })
    await raw.until(() => raw.frames.length > pongs)
    return (await stage.facts()).threadCpuMs - startMs
  }
  const holders: RawWebSocket[] = []
  for (let count = 0; count < HOLDERS; count++) {
    const raw = await open(stage.ports.h1, '/fragments')
    await cpuOf(FRAGMENTS, raw)
    holders.push(raw)
  }
  const retainedBytes = ((await stage.facts({ collect: true })).heldBytes - before) / HOLDERS
  for (const raw of holders) await raw[Symbol.asyncDispose]()
  const ratios: number[] = []
  for (let run = 0; run < 5; run++) {
    await using half = await open(stage.ports.h1, '/fragments')
    const halfMs = await cpuOf(FRAGMENTS / 2, half)
    await using whole = await open(stage.ports.h1, '/fragments')
    ratios.push((await cpuOf(FRAGMENTS, whole)) / Math.max(1, halfMs))
  }
  const ratio = median(ratios)
  return {
    sent: `${FRAGMENTS} fragments of one byte on each of ${HOLDERS} connections, no limit on their number`,
    bound: 'at most 1 MiB retained by each, CPU at most × 2.5 for twice as many',
    measured: `${kibibytes(retainedBytes)}, × ${ratio.toFixed(2)}`,
    holds: retainedBytes > 0 && retainedBytes <= 1024 * 1024 && ratio <= 2.5,
  }
}

/** A13. */
async function strayControlFrames(stage: Stage): Promise<Measured> {
  const before = (await stage.facts()).messages
  await using raw = await open(stage.ports.h1)
  raw.send('never asked for', { opcode: 10 })
  raw.send('one')
  await raw.until(() => raw.frames.length === 1)
  const close = Buffer.of(0x0f, 0xa0)
  const bytes = [
    buildFrame(close, { opcode: 8 }),
    buildFrame('two'),
    buildFrame(close, { opcode: 8 }),
    buildFrame('three'),
  ]
  raw.socket.write(Buffer.concat(bytes))
  const code = await closeCodeOf(raw)
  await raw.ended
  const delivered = (await stage.facts()).messages - before
  return allHold(
    'a pong unasked, and messages and a second Close behind a Close',
    'one message, one Close, no more',
    {
      'only the first message is delivered': delivered === 1,
      'one Close with the same code':
        code === 4000 && raw.frames.filter(({ opcode }) => opcode === 8).length === 1,
      'nothing else': raw.frames.length === 2,
    },
  )
}

/** A14. */
async function unmasked(stage: Stage): Promise<Measured> {
  const before = (await stage.facts()).messages
  await using raw = await open(stage.ports.h1)
  raw.send('in the clear', { isMasked: false })
  const code = await closeCodeOf(raw)
  const delivered = (await stage.facts()).messages - before
  return {
    sent: 'a frame without a mask',
    bound: '1002, 0 messages delivered',
    measured: `${code}, ${delivered} messages delivered`,
    holds: code === 1002 && delivered === 0,
  }
}

/** A21. */
async function slowConsumer(stage: Stage): Promise<Measured> {
  const outcomes: string[] = []
  let holds = true
  for (const path of ['/pour', '/overpour']) {
    await stage.facts({ reset: true })
    await using raw = await open(stage.ports.h1, path)
    await stage.settles(({ connections }) => connections === 1)
    raw.socket.pause()
    raw.send('go on')
    const startedAt = performance.now()
    const isGone = await stage.settles(({ connections }) => connections === 0)
    const afterMs = performance.now() - startedAt
    const { peakBufferedBytes } = await stage.facts()
    outcomes.push(
      `${kibibytes(peakBufferedBytes)}, ${isGone ? `gone after ${milliseconds(afterMs)}` : 'never gone'}`,
    )
    holds &&= isGone && afterMs < 4000 && peakBufferedBytes > 0 && peakBufferedBytes <= 8.1 * 1024 * 1024
  }
  return {
    sent: 'nothing: a client that reads no more, of an application that heeds backpressure and of one that does not',
    bound: 'at most 8 MiB waiting; gone 1 s after the last progress, within 4 s',
    measured: outcomes.join('; '),
    holds,
  }
}

/** A43. */
async function logFlood(stage: Stage): Promise<Measured> {
  const before = (await stage.facts()).lines
  const connections = 200
  const bad = Buffer.concat(
    Array.from({ length: 50 }, () => buildFrame('\r\nerror: forged line\r\n', { opcode: 3 })),
  )
  for (let count = 0; count < connections; count++) {
    await using raw = await open(stage.ports.h1)
    raw.socket.write(bad)
    await closeCodeOf(raw)
  }
  const { lines, logged } = await stage.facts()
  const debug = lines.debug - before.debug
  const loud = lines.warn + lines.error + lines.info - before.warn - before.error - before.info
  const isForged = logged.some((line) => line.includes('forged'))
  return {
    sent: `${connections * 50} bad frames over ${connections} connections`,
    bound: 'one line per connection at the level debug, none louder, nothing of the peer in it',
    measured: `${debug} lines at debug, ${loud} louder${isForged ? ', forged' : ''}`,
    holds: debug <= connections && loud === 0 && !isForged,
  }
}

export const FRAME_ATTACKS: readonly AttackCase[] = [
  { id: 'A8', name: 'huge declared lengths', run: hugeLengths },
  { id: 'A9', name: 'a frame that dribbles', run: slowFrame },
  { id: 'A10', name: 'a message that never ends', run: fragmentFlood },
  { id: 'A10b', name: 'what fragments retain', run: fragmentMemory },
  { id: 'A13', name: 'control frames out of place', run: strayControlFrames },
  { id: 'A14', name: 'unmasked frames', run: unmasked },
  { id: 'A21', name: 'a slow consumer', run: slowConsumer },
  { id: 'A43', name: 'a flood of log lines', run: logFlood },
]
