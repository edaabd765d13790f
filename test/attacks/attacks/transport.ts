// A4, A44, A47: what is wrong below and around the handshake.
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { localCertificate } from '../../support/tls.ts'
import { buildRequest, RawWebSocket } from '../../support/raw-websocket.ts'
import { allHold, kibibytes, milliseconds, type AttackCase, type Measured } from '../attack-case.ts'
import type { Stage } from '../stage.ts'
import { open, percentile } from '../tools.ts'

const DEADLINE_MS = 2000

/** A connection that dribbles a handshake, and when it ended. */
class Dribbler {
  readonly #socket: Socket
  readonly #startedAt = performance.now()
  #sent = 0
  lastedMs: number | undefined
  readonly ended: Promise<void>

  constructor(port: number) {
    this.#socket = connectTcp(port, '127.0.0.1').on('error', () => {})
    this.#socket.resume()
    this.ended = new Promise((resolve) => {
      this.#socket.once('close', () => {
        this.lastedMs = performance.now() - this.#startedAt
        resolve()
      })
    })
  }

  dribble(): void {
    if (this.#socket.writable) this.#socket.write(REQUEST.slice(this.#sent, ++this.#sent))
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

const REQUEST = buildRequest('/')

/** A4. */
async function slowHandshakes({ ports }: Stage): Promise<Measured> {
  const attackers = Array.from({ length: 500 }, () => new Dribbler(ports.slow))
  const dribble = setInterval(() => attackers.forEach((attacker) => attacker.dribble()), 1000)
  const ended = Promise.all(attackers.map((attacker) => attacker.ended))
  let areAllGone = false
  void ended.then(() => (areAllGone = true))
  const times: number[] = []
  const giveUpAt = performance.now() + 3 * DEADLINE_MS
  while (!areAllGone && performance.now() < giveUpAt) {
    const startedAt = performance.now()
    await using raw = await open(ports.slow)
    times.push(performance.now() - startedAt)
    await new Promise((resolve) => setTimeout(resolve, 5))
    await raw[Symbol.asyncDispose]()
  }
  clearInterval(dribble)
  const lasted = attackers.map(({ lastedMs }) => lastedMs ?? Infinity)
  for (const attacker of attackers) attacker.destroy()
  const worstMs = Math.max(...times)
  const longestMs = Math.max(...lasted)
  return {
    sent: '500 handshakes at a byte per second from one address; deadline 2 s',
    bound: 'a legitimate one below 1 s, all closed by 3 s',
    measured: `p99 ${milliseconds(percentile(times, 0.99))}, worst ${milliseconds(worstMs)} of ${times.length}; last closed after ${milliseconds(longestMs)}`,
    holds: times.length > 10 && worstMs < 1000 && longestMs <= DEADLINE_MS + 1000,
  }
}

/** The code of the error that a TLS client runs into; `connected` if none. */
async function tlsOutcome(
  port: number,
  options: ConnectionOptions,
  act?: (socket: TLSSocket) => void,
): Promise<string> {
  const { cert } = await localCertificate()
  const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca: cert, ...options })
  const outcome = new Promise<string>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.once('close', () => resolve('closed'))
    socket.once('secureConnect', () => {
      if (act === undefined) resolve('connected')
      else act(socket)
    })
  })
  const result = await outcome
  socket.on('error', () => {}).destroy()
  return result
}

/** How often an open WebSocket over TLS 1.2 can be made to do the most expensive part of TLS again. */
async function renegotiate(port: number): Promise<number> {
  const { cert } = await localCertificate()
  const options = {
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: cert,
    maxVersion: 'TLSv1.2',
  } as const
  const socket = connectTls(options).on('error', () => {})
  const gone = new Promise<false>((resolve) => socket.once('close', () => resolve(false)))
  socket.write(buildRequest('/'))
  await new Promise((resolve) => socket.once('data', resolve))
  for (let count = 0; ; count++) {
    const again = new Promise<boolean>(
      (resolve) => void socket.renegotiate({}, (error) => resolve(error === null)),
    )
    if (count === 20 || !(await Promise.race([again, gone]))) {
      socket.destroy()
      return count
    }
  }
}

/** A44. */
async function tlsAttacks(stage: Stage): Promise<Measured> {
  const { ports } = stage
  const checks: Record<string, boolean> = {}
  for (const [name, port] of Object.entries({ tls: ports.tls, h2: ports.h2 })) {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const
    checks[`${name}: not below TLS 1.2`] = (await tlsOutcome(port, old)) !== 'connected'
    checks[`${name}: TLS 1.2 and later`] = (await tlsOutcome(port, {})) === 'connected'
  }
  const renegotiations = await renegotiate(ports.tls)
  checks[`renegotiation ends a connection soon (${renegotiations} times)`] = renegotiations <= 3
  for (const name of ['a.example', 'b.example', 'c.example']) {
    const outcome = await tlsOutcome(ports.throwing, { servername: name, rejectUnauthorized: false })
    checks[`SNICallback that throws for ${name}`] = outcome !== 'connected'
  }
  const startedAt = performance.now()
  const silent = connectTcp(ports.slowTls, '127.0.0.1').on('error', () => {})
  const half = connectTcp(ports.slowTls, '127.0.0.1').on('error', () => {})
  half.write(Buffer.from('16030100c8010000c40303', 'hex'))
  await Promise.all(
    [silent, half].map((socket) => new Promise((resolve) => socket.resume().once('close', resolve))),
  )
  const afterMs = performance.now() - startedAt
  checks[`handshakes that stall end by 3 s (${milliseconds(afterMs)})`] = afterMs <= DEADLINE_MS + 1000
  checks['alive'] = stage.isAlive && (await stage.facts()).strays === 0
  const result = allHold(
    'old versions, renegotiation, stalled handshakes, a throwing SNICallback',
    'TLS ≥ 1.2; none of the others does harm',
    checks,
  )
  return result.holds
    ? { ...result, measured: `${result.measured}, stalled ones ended after ${milliseconds(afterMs)}` }
    : result
}

/** A47. */
async function abortLoops(stage: Stage): Promise<Measured> {
  const { ports } = stage
  const loop = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += 4) {
      await Promise.all([
        abort(ports.h1, (raw) => raw.socket.write(REQUEST.slice(0, 60))),
        abort(ports.h1, (raw) => raw.socket.write(REQUEST)),
        open(ports.h1).then((raw) => raw[Symbol.asyncDispose]()),
        open(ports.h1, '/lenient').then((raw) => {
          raw.send('x')
          raw.socket.resetAndDestroy()
          return raw.ended
        }),
      ])
    }
  }
  const count = stage.isFull ? 20_000 : 4000
  const settled = async () => {
    await stage.settles(({ connections, handles }) => connections === 0 && handles <= 12)
    return stage.facts({ collect: true })
  }
  await loop(1000)
  const before = await settled()
  await loop(count)
  const after = await settled()
  const grownBytes = after.heldBytes - before.heldBytes
  return {
    sent: `${count} connections that end before, during and after the handshake`,
    bound: 'handles as before, at most 1 MiB more held',
    measured: `${before.handles} → ${after.handles} handles, ${kibibytes(grownBytes)} more`,
    holds: after.handles <= before.handles + 2 && after.connections === 0 && grownBytes < 1024 * 1024,
  }
}

async function abort(port: number, begin: (raw: RawWebSocket) => void): Promise<void> {
  const raw = await RawWebSocket.dial(port)
  begin(raw)
  raw.socket.resetAndDestroy()
  await raw.ended
}

export const TRANSPORT_ATTACKS: readonly AttackCase[] = [
  { id: 'A4', name: 'slow handshakes', run: slowHandshakes },
  { id: 'A44', name: 'TLS', run: tlsAttacks },
  { id: 'A47', name: 'connections that are dropped', run: abortLoops },
]
