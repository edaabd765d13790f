// A1 to A3, A5 to A7, A39 to A41: what is wrong before there is a connection.
import { buildRequest } from '../../support/raw-websocket.ts'
import { dialH2, exchange, connectHeaders } from '../../support/http2-websocket.ts'
import { RawHttp2, websocketFields, type Fields } from '../../support/raw-http2.ts'
import { HOSTILE_NAMES } from '../../fuzz/grammar/headers.ts'
import { allHold, milliseconds, type AttackCase, type Measured } from '../attack-case.ts'
import type { Stage } from '../stage.ts'
import { ask, open, shake, shakeWith, type Answer } from '../tools.ts'

const refused = ({ status, text }: Answer, ...statuses: number[]): boolean =>
  statuses.includes(status) && !text.includes(' 101 ') && text.toLowerCase().includes('connection: close')

const FOREIGN_ORIGINS = [
  'https://good.com.evil.com',
  'https://evilgood.com',
  'https://good.com.',
  'https://GOOD.com',
  'https://good.com:8443',
  'http://good.com',
  'https://good.com/',
  'null',
  '',
  'https://good.com, https://evil.com',
]

/** A1. */
async function foreignOrigins({ ports }: Stage): Promise<Measured> {
  const checks: Record<string, boolean> = {}
  checks['the exact origin is let in'] =
    (await shake(ports.h1, '/origins', { Origin: 'https://good.com' })).status === 101
  for (const origin of FOREIGN_ORIGINS) {
    checks[`${origin} over HTTP/1.1`] = refused(await shake(ports.h1, '/origins', { Origin: origin }), 403)
    checks[`${origin} for the same origin`] = refused(await shake(ports.h1, '/', { Origin: origin }), 403)
  }
  const twice = 'Origin: https://good.com\r\nOrigin: https://good.com'
  checks['two Origin fields'] = refused(await shakeWith(ports.h1, '/origins', twice), 403)
  const session = await dialH2(ports.h2)
  for (const origin of [...FOREIGN_ORIGINS, 'https://good.com']) {
    const { stream, status } = await exchange(session, connectHeaders('/origins', { origin }))
    checks[`${origin} over HTTP/2`] = origin === 'https://good.com' ? status === 200 : status === 403
    stream.close()
  }
  session.destroy()
  return allHold(
    `${Object.keys(checks).length} handshakes with origins beside the list`,
    '403, and no byte of a 101',
    checks,
  )
}

/** A2. */
async function rebinding({ ports }: Stage): Promise<Measured> {
  const checks: Record<string, boolean> = {}
  for (const Host of [
    'evil.example',
    '127.0.0.1',
    'example.com.evil.example',
    'notexample.com',
    'example.com:x@evil',
  ]) {
    checks[Host] = refused(await shake(ports.h1, '/hosts', { Host }), 421, 403, 400)
  }
  checks['our own'] = (await shake(ports.h1, '/hosts', { Host: 'example.com:1234' })).status === 101
  return allHold('handshakes for other hosts', '421 or 400', checks)
}

/** A3. */
async function smuggledHeaders({ ports }: Stage): Promise<Measured> {
  const checks: Record<string, boolean> = {}
  for (const byte of [0x00, 0x0b, 0x0c, 0x1c, 0x1d, 0x1e, 0x7f, 0x85]) {
    const line = `X-Any: a${String.fromCharCode(byte)}Origin: https://good.com`
    checks[`0x${byte.toString(16)} in a value`] = refused(await shakeWith(ports.h1, '/origins', line), 400)
  }
  const doubled = [
    'Host: 127.0.0.1',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    'Upgrade: websocket',
  ]
  for (const line of [
    ...doubled,
    'Origin: null\r\nOrigin: null',
    ' Folded: yes',
    'Space : before',
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
  ]) {
    checks[line] = refused(await shakeWith(ports.h1, '/', line), 400, 403, 426)
  }
  for (const [name, fields] of Object.entries(pseudoFields())) {
    await using raw = await RawHttp2.dial(ports.h2, { isSecure: true })
    raw.request(1, fields)
    const isAnswered = (): boolean => raw.statusOf(1) !== undefined || raw.resetOf(1) !== undefined
    await Promise.race([raw.until(isAnswered).catch(() => {}), raw.ended])
    checks[`${name} over HTTP/2`] = raw.statusOf(1) !== 200
  }
  return allHold(
    'separators that readers disagree about, fields twice or where they do not belong',
    '400',
    checks,
  )
}

/** Requests over HTTP/2 that are malformed (RFC 9113 §8.3). */
function pseudoFields(): Record<string, Fields> {
  const good = websocketFields('/', 'https', 'localhost')
  return {
    'an unknown pseudo-header field': [...good.slice(0, 5), [':foo', 'bar'], ...good.slice(5)],
    ':path twice': [...good.slice(0, 5), [':path', '/'], ...good.slice(5)],
    ':authority twice': [...good.slice(0, 5), [':authority', 'evil.example'], ...good.slice(5)],
    ':protocol behind the fields': [
      ...good.filter(([name]) => name !== ':protocol'),
      [':protocol', 'websocket'],
    ],
    Connection: [...good, ['connection', 'upgrade']],
    'a control character in :path': websocketFields('/\x85x', 'https', 'localhost'),
    'a control character in a value': [...good, ['x-any', 'a\x85b']],
  }
}

/** A5. */
async function headerFlood(stage: Stage): Promise<Measured> {
  const { ports } = stage
  const many = Array.from({ length: 2100 }, () => 'a:b').join('\r\n')
  const head =
    'Host: 127.0.0.1\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13'
  const checks: Record<string, boolean> = {
    '2100 fields, Upgrade last': refused(
      await ask(ports.h1, `GET / HTTP/1.1\r\n${head}\r\n${many}\r\nUpgrade: websocket\r\n\r\n`),
      400,
      431,
    ),
    '101 fields': refused(await shakeWith(ports.h1, '/', many.slice(0, 5 * 101 - 2)), 431),
    '17 KiB': refused(await shake(ports.h1, '/', { 'X-Long': 'a'.repeat(17 * 1024) }), 431),
  }
  checks['alive'] = stage.isAlive && (await shake(ports.h1, '/')).status === 101
  return allHold('2100 header fields; 17 KiB of them', '431 or 400, alive', checks)
}

const WORST = [',', ' ,', ';', '=', '"', '\\"', 'a=', 'a;', ',a', '\t', 'a,', '%', ':', '[', '1.']
const FIELDS = [
  'Sec-WebSocket-Extensions',
  'Sec-WebSocket-Protocol',
  'Origin',
  'Connection',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'Host',
  'Upgrade',
]

/** A6: the whole request is measured, with all that Node does for it. */
async function worstHeaders(stage: Stage): Promise<Measured> {
  const cpuOf = async (bytes: number, line: string, requests: number): Promise<number> => {
    const before = (await stage.facts()).threadCpuMs
    for (let count = 0; count < requests; count++)
      await shakeWith(stage.ports.h1, '/proxied', line.slice(0, bytes))
    return ((await stage.facts()).threadCpuMs - before) / requests
  }
  const lines = FIELDS.flatMap((name) => WORST.map((text) => `${name}: ${text.repeat(16 * 1024)}`))
  const costs = new Map<string, number>()
  for (const line of lines) costs.set(line, await cpuOf(15_000, line, 3))
  // What seems to cost most is measured again by itself: the least of some runs, since others only ever add.
  const suspects = lines.sort((a, b) => costs.get(b)! - costs.get(a)!).slice(0, 4)
  const least = async (bytes: number, line: string): Promise<number> => {
    const runs: number[] = []
    for (let run = 0; run < 5; run++) runs.push(await cpuOf(bytes, line, 10))
    return Math.min(...runs)
  }
  const baseMs = await least(1000, 'X-Any: a')
  let worstMs = 0
  let worstRatio = 0
  for (const line of suspects) {
    const [half, whole] = [await least(7500, line), await least(15_000, line)]
    worstMs = Math.max(worstMs, whole)
    // Below half a millisecond there is nothing to compare.
    worstRatio = Math.max(worstRatio, (whole - baseMs) / Math.max(0.5, half - baseMs))
  }
  return {
    sent: `15 kB of each of ${WORST.length} patterns in each of ${FIELDS.length} fields`,
    bound: 'at most 5 ms of CPU for the whole request, twice the input at most × 3',
    measured: `${milliseconds(worstMs)} (any: ${milliseconds(baseMs)}), × ${worstRatio.toFixed(1)}`,
    holds: worstMs <= 5 && worstRatio <= 3,
  }
}

/** A7. */
async function hostileNames({ ports }: Stage): Promise<Measured> {
  const checks: Record<string, boolean> = {}
  for (const name of HOSTILE_NAMES) {
    const selected = await shake(ports.h1, '/protocols', { 'Sec-WebSocket-Protocol': `${name}, b` })
    checks[`subprotocol ${name}`] =
      selected.status === 101 && selected.text.includes(`Sec-WebSocket-Protocol: ${name}\r\n`)
    for (const offer of [
      name,
      `permessage-deflate; ${name}`,
      `permessage-deflate; ${name}=${name}`,
      `${name}; ${name}="1"`,
    ]) {
      const { status, text } = await shake(ports.h1, '/deflate', { 'Sec-WebSocket-Extensions': offer })
      checks[`extension ${offer}`] = status === 101 && !text.includes('Sec-WebSocket-Extensions')
    }
    checks[`header ${name}`] = (await shakeWith(ports.h1, '/proxied', `${name}: ${name}`)).status === 101
  }
  return allHold(`${HOSTILE_NAMES.join(', ')} as names of everything`, 'names like any other', checks)
}

/** A39. */
async function spoofedAddresses({ ports }: Stage): Promise<Measured> {
  const told = async (path: string, changes: Record<string, string>): Promise<string> => {
    await using raw = await open(ports.h1, path, changes)
    await raw.until(() => raw.frames.length > 0)
    return raw.frames[0]!.payload.toString()
  }
  const checks: Record<string, boolean> = {
    'not believed of a stranger': (await told('/direct', { 'X-Forwarded-For': '1.2.3.4' })) === '127.0.0.1',
    'the last that is not trusted':
      (await told('/proxied', { 'X-Forwarded-For': '6.6.6.6, 203.0.113.7' })) === '203.0.113.7',
    'behind trusted ones':
      (await told('/proxied', { 'X-Forwarded-For': '6.6.6.6, 203.0.113.7, 127.0.0.9' })) === '203.0.113.7',
    'nonsense is not believed':
      (await told('/proxied', { 'X-Forwarded-For': '6.6.6.6, nonsense' })) === '127.0.0.1',
    'Forwarded is not read': (await told('/proxied', { Forwarded: 'for=6.6.6.6' })) === '127.0.0.1',
    'X-Real-IP is not read': (await told('/proxied', { 'X-Real-IP': '6.6.6.6' })) === '127.0.0.1',
    'a PROXY line is no request':
      (await ask(ports.h1, `PROXY TCP4 6.6.6.6 127.0.0.1 1 2\r\n${buildRequest('/proxied')}`)).status === 400,
  }
  return allHold(
    'X-Forwarded-For, Forwarded, X-Real-IP and PROXY of a client',
    'only what trusted proxies wrote',
    checks,
  )
}

/** A40. */
async function smuggledRequests({ ports }: Stage): Promise<Measured> {
  const pipelined = 'GET /secret HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'
  const answers: Record<string, Answer> = {
    'POST with a body': await ask(
      ports.h1,
      buildRequest('/', { 'Content-Length': String(pipelined.length) }, 'POST / HTTP/1.1') + pipelined,
    ),
    'GET with a body': await ask(
      ports.h1,
      buildRequest('/', { 'Content-Length': String(pipelined.length) }) + pipelined,
    ),
    'GET with chunks': await ask(
      ports.h1,
      `${buildRequest('/', { 'Transfer-Encoding': 'chunked' })}0\r\n\r\n${pipelined}`,
    ),
    'a wrong version': await ask(ports.h1, buildRequest('/', { 'Sec-WebSocket-Version': '8' }) + pipelined),
    'no key': await ask(ports.h1, buildRequest('/', { 'Sec-WebSocket-Key': undefined }) + pipelined),
    'an unknown path': await ask(ports.h1, buildRequest('/nowhere') + pipelined),
  }
  const checks = Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => {
      const isAlone = answer.text.split('HTTP/1.1 ').length === 2 && !answer.text.includes('SECRET')
      return [name, isAlone && refused(answer, 400, 404, 405, 426)]
    }),
  )
  return allHold(
    'refused handshakes with a request behind',
    'one answer, Connection: close, and the end',
    checks,
  )
}

/** A41. */
async function splitResponses({ ports }: Stage): Promise<Measured> {
  const checks: Record<string, boolean> = {}
  for (const path of ['/bad-protocol', '/bad-headers', '/bad-refusal']) {
    const answer = await shake(ports.h1, path, { 'Sec-WebSocket-Protocol': 'a' })
    checks[path] = answer.status === 500 && !answer.text.includes('Injected')
    const session = await dialH2(ports.h2)
    checks[`${path} over HTTP/2`] = (await exchange(session, connectHeaders(path))).status === 500
    session.destroy()
  }
  return allHold('an application that answers with CR LF', '500, and nothing of it on the wire', checks)
}

export const HANDSHAKE_ATTACKS: readonly AttackCase[] = [
  { id: 'A1', name: 'cross-site WebSocket hijacking', run: foreignOrigins },
  { id: 'A2', name: 'DNS rebinding', run: rebinding },
  { id: 'A3', name: 'header smuggling', run: smuggledHeaders },
  { id: 'A5', name: 'header flood', run: headerFlood },
  { id: 'A6', name: 'worst cases of header parsers', run: worstHeaders },
  { id: 'A7', name: 'names with a meaning in JavaScript', run: hostileNames },
  { id: 'A39', name: 'spoofed addresses', run: spoofedAddresses },
  { id: 'A40', name: 'request smuggling', run: smuggledRequests },
  { id: 'A41', name: 'response splitting', run: splitResponses },
]
