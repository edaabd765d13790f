// A19, A20: what a client of HTTP/2 can do below the WebSocket.
import { H2, RawHttp2, SETTINGS_INITIAL_WINDOW_SIZE, websocketFields } from '../../support/raw-http2.ts'
import { buildFrame } from '../../support/raw-websocket.ts'
import { milliseconds, type AttackCase, type Measured } from '../attack-case.ts'
import type { Stage } from '../stage.ts'

const FIELDS = websocketFields('/', 'https', 'localhost')

/** A19. */
async function rapidReset(stage: Stage): Promise<Measured> {
  const before = (await stage.facts()).threadCpuMs
  await using raw = await RawHttp2.dial(stage.ports.h2, { isSecure: true })
  let sent = 0
  const gone = raw.ended.then(() => true)
  for (; sent < 3000 && raw.socket.writable; sent++) {
    const id = 2 * sent + 1
    raw.request(id, FIELDS)
    raw.reset(id)
    // Little by little, to see how soon it is enough.
    if (sent % 10 === 9) await new Promise((resolve) => setImmediate(resolve))
  }
  const isGone = await Promise.race([gone, stage.settles(() => false, 6000)])
  const cpuMs = (await stage.facts()).threadCpuMs - before
  return {
    sent: '3000 × HEADERS and RST_STREAM, ten at a time',
    bound: 'the session ends',
    measured: `${isGone ? 'ended' : 'not ended'} when ${sent} were sent, GOAWAY ${raw.goAwayCode ?? 'none'}, ${milliseconds(cpuMs)} of CPU`,
    holds: isGone,
  }
}

/** A19: all in one write. */
async function rapidResetAtOnce(stage: Stage): Promise<Measured> {
  const before = (await stage.facts()).threadCpuMs
  await using raw = await RawHttp2.dial(stage.ports.h2, { isSecure: true })
  raw.socket.cork()
  for (let count = 0; count < 3000; count++) {
    raw.request(2 * count + 1, FIELDS)
    raw.reset(2 * count + 1)
  }
  raw.socket.uncork()
  const isGone = await Promise.race([raw.ended.then(() => true), stage.settles(() => false, 6000)])
  const { threadCpuMs, connections } = await stage.facts()
  return {
    sent: '3000 × HEADERS and RST_STREAM in one write',
    bound: 'the session ends, no connection was opened',
    measured: `${isGone ? 'ended' : 'not ended'}, ${connections} connections, ${milliseconds(threadCpuMs - before)} of CPU`,
    holds: isGone && connections === 0,
  }
}

/** A19: without resets. */
async function streamFlood(stage: Stage): Promise<Measured> {
  await using raw = await RawHttp2.dial(stage.ports.h2, { isSecure: true })
  for (let count = 0; count < 1000; count++) raw.request(2 * count + 1, FIELDS)
  let most = 0
  let hasEnded = false
  void raw.ended.then(() => (hasEnded = true))
  await stage.settles(({ connections }) => {
    most = Math.max(most, connections)
    return hasEnded || raw.of(H2.rstStream, 999).length > 0
  })
  return {
    sent: '1000 streams of one session',
    bound: 'at most 100 connections, the others are refused or the session ends',
    measured: `${most} connections, ${hasEnded ? `session ended (GOAWAY ${raw.goAwayCode ?? 'none'})` : 'others refused'}`,
    holds: most <= 100,
  }
}

/** A20. */
async function starvation(stage: Stage): Promise<Measured> {
  const settings = [[SETTINGS_INITIAL_WINDOW_SIZE, 0]] as const
  await using raw = await RawHttp2.dial(stage.ports.h2, { isSecure: true, settings })
  raw.request(1, websocketFields('/pour', 'https', 'localhost'))
  await raw.until(() => raw.statusOf(1) === 200)
  raw.send(H2.data, 0, 1, buildFrame('go on'))
  const startedAt = performance.now()
  const pings = setInterval(() => raw.send(H2.ping, 0, 0, Buffer.alloc(8)), 100)
  const isReset = raw
    .until(() => raw.resetOf(1) !== undefined)
    .then(
      () => true,
      () => true,
    )
  const isOver = await Promise.race([isReset, stage.settles(() => false, 8000)])
  clearInterval(pings)
  const afterMs = performance.now() - startedAt
  return {
    sent: 'a window of 0 that is never opened, and PINGs meanwhile; deadline 1 s',
    bound: 'the stream is reset within 4 s',
    measured: isOver
      ? `reset (${raw.resetOf(1) ?? 'with its session'}) after ${milliseconds(afterMs)}`
      : 'not reset',
    holds: isOver && afterMs < 4000,
  }
}

export const HTTP2_ATTACKS: readonly AttackCase[] = [
  { id: 'A19', name: 'rapid reset', run: rapidReset },
  { id: 'A19b', name: 'rapid reset at once', run: rapidResetAtOnce },
  { id: 'A19c', name: 'a flood of streams', run: streamFlood },
  { id: 'A20', name: 'window starvation', run: starvation },
]
