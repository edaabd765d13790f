// Everything before the 101, over real sockets with and without TLS: items 1 to 45 of the checklist, and what attacks there.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createWebSocketServer,
  type Logger,
  type Refusal,
  type UpgradeRequest,
  type WebSocketConnection,
  type WebSocketServerOptions,
} from '@roomcast/server/websocket'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RawHttp } from '../support/raw-http.ts'
import { buildFrame, buildRequest } from '../support/raw-websocket.ts'
import { localCertificate, type Certificate } from '../support/tls.ts'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const PLAIN = { 'Sec-WebSocket-Protocol': undefined, 'Sec-WebSocket-Key': KEY }
const handshake = (changes: Record<string, string | undefined> = {}, line?: string): string =>
  buildRequest('/ws', { ...PLAIN, ...changes }, line)
const withLines = (...lines: string[]): string =>
  handshake().replace('\r\n\r\n', `\r\n${lines.join('\r\n')}\r\n\r\n`)

let certificate: Certificate
const unhandled: unknown[] = []
beforeAll(async () => {
  certificate = await localCertificate()
  process.on('uncaughtException', (error) => unhandled.push(error))
  process.on('unhandledRejection', (error) => unhandled.push(error))
})

let http: Server
let connections: { connection: WebSocketConnection; request: UpgradeRequest }[]
let lines: { level: string; message: string; fields: object }[]
let cleanUp: (() => unknown)[]

beforeEach(() => {
  connections = []
  lines = []
  cleanUp = []
})
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
  expect(unhandled).toEqual([])
})

const logger = Object.fromEntries(
  ['debug', 'info', 'warn', 'error'].map((level) => [
    level,
    (fields: object, message: string) => lines.push({ level, message, fields }),
  ]),
) as unknown as Logger
const linesAt = (...levels: string[]): string[] =>
  lines.filter(({ level }) => levels.includes(level)).map(({ message }) => message)

/** Starts an echo at /ws of a server of its own. */
async function start(
  options: Partial<WebSocketServerOptions> = {},
  { isSecure = false, listen }: { isSecure?: boolean; listen?: string } = {},
): Promise<number> {
  http = isSecure ? createSecureServer(certificate) : createServer()
  const server = createWebSocketServer({
    logger,
    connection(connection, request) {
      connections.push({ connection, request })
      connection.setHandlers({ message: (data) => connection.send(data), close: () => {} })
    },
    ...options,
  })
  server.attach(http, { path: '/ws' })
  http.listen(listen === undefined ? { port: 0, host: '127.0.0.1' } : { path: listen })
  await once(http, 'listening')
  cleanUp.push(
    () => new Promise((resolve) => http.close(resolve)),
    () => http.closeAllConnections(),
    () => server.close(),
  )
  return listen !== undefined ? 0 : (http.address() as AddressInfo).port
}

/** What a request is answered with, after which the server ends the connection. */
async function refusal(port: number, request: string | Uint8Array, isSecure = false): Promise<RawHttp> {
  const raw = await RawHttp.dial(port, { isSecure })
  cleanUp.push(() => raw[Symbol.asyncDispose]())
  raw.write(request)
  await expect.poll(() => raw.hasEnded).toBe(true)
  return raw
}

/** A connection whose request was answered. */
async function answered(port: number, request: string, isSecure = false): Promise<RawHttp> {
  const raw = await RawHttp.dial(port, { isSecure })
  cleanUp.push(() => raw[Symbol.asyncDispose]())
  raw.write(request)
  await expect.poll(() => raw.text).toContain('\r\n\r\n')
  return raw
}

describe.each([
  ['in cleartext', false],
  ['over TLS', true],
])('items 1 to 45 %s', (_, isSecure) => {
  const requests: [item: string, request: string, status: number, header?: string][] = [
    ['1: POST', handshake({}, 'POST /ws HTTP/1.1'), 405, 'Allow: GET'],
    ['1: OPTIONS', handshake({}, 'OPTIONS /ws HTTP/1.1'), 405, 'Allow: GET'],
    ['2: HTTP/1.0', handshake({}, 'GET /ws HTTP/1.0'), 400],
    ['3: a fragment', handshake({}, 'GET /ws#a HTTP/1.1'), 400],
    ['4: no Host', handshake({ Host: undefined }), 400],
    ['5: two Hosts', withLines('Host: 127.0.0.1'), 400],
    ['6: no Upgrade', handshake({ Upgrade: undefined }), 426, 'Upgrade: websocket'],
    ['6: Upgrade: h2c', handshake({ Upgrade: 'h2c' }), 426, 'Upgrade: websocket'],
    ['6: a plain GET', 'GET /ws HTTP/1.1\r\nHost: a\r\n\r\n', 426, 'Upgrade: websocket'],
    ['8: Connection without upgrade', handshake({ Connection: 'keep-alive' }), 400],
    ['8: no Connection', handshake({ Connection: undefined }), 400],
    ['9: no key', handshake({ 'Sec-WebSocket-Key': undefined }), 400],
    ['10: a key of 15 bytes', handshake({ 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAA' }), 400],
    ['10: a key of 17 bytes', handshake({ 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAAA=' }), 400],
    ['10: an url-safe key', handshake({ 'Sec-WebSocket-Key': '____________________-w==' }), 400],
    ['10: a key without padding', handshake({ 'Sec-WebSocket-Key': KEY.slice(0, 22) }), 400],
    ['10: a key with more behind it', handshake({ 'Sec-WebSocket-Key': `${KEY}=` }), 400],
    ['11: two keys', withLines(`Sec-WebSocket-Key: ${KEY}`), 400],
    ['12: no version', handshake({ 'Sec-WebSocket-Version': undefined }), 426, 'Sec-WebSocket-Version: 13'],
    ...['0', '8', '14', '255', '13x', '013', '13, 13'].map(
      (version) =>
        [
          `13: version ${version}`,
          handshake({ 'Sec-WebSocket-Version': version }),
          426,
          'Sec-WebSocket-Version: 13',
        ] as [string, string, number, string],
    ),
    ['14: two versions', withLines('Sec-WebSocket-Version: 13'), 400],
    ['15: a subprotocol that is no token', handshake({ 'Sec-WebSocket-Protocol': 'a b' }), 400],
    ['15: an empty subprotocol', handshake({ 'Sec-WebSocket-Protocol': 'a,,b' }), 400],
    ['15: a subprotocol twice', handshake({ 'Sec-WebSocket-Protocol': 'a, a' }), 400],
    ['16, A40: a body', `${handshake({ 'Content-Length': '5' })}hello`, 400],
    ['16, A40: POST with a body', `${handshake({ 'Content-Length': '5' }, 'POST /ws HTTP/1.1')}hello`, 405],
    ['16: chunks', `${handshake({ 'Transfer-Encoding': 'chunked' })}0\r\n\r\n`, 400],
    ['16: both', `${handshake({ 'Content-Length': '5', 'Transfer-Encoding': 'chunked' })}0\r\n\r\n`, 400],
    ['17: 17 KiB', handshake({ 'X-Any': 'a'.repeat(17 * 1024) }), 431],
    ['17: just above 16 KiB', handshake({ 'X-Any': 'a'.repeat(16 * 1024 - 100) }), 431],
    ['17: 101 headers', withLines(...Array.from({ length: 96 }, () => 'x: y')), 431],
    ['17, A5: 2100 headers', withLines(...Array.from({ length: 2100 }, () => 'x: y')), 431],
    ...['\x00', '\x01', '\x0b', '\x0c', '\x1c', '\x1d', '\x1e', '\x7f', '\x85', '\r', '\n'].map(
      (character) =>
        [`19, A3: ${JSON.stringify(character)} in a value`, withLines(`X-Any: a${character}b`), 400] as [
          string,
          string,
          number,
        ],
    ),
    ['19: a folded line', withLines('X-Any: a\r\n b'), 400],
    ['19: white space before the colon', withLines('X-Any : a'), 400],
    ['22: another authority than Host', handshake({}, 'GET http://evil.com/ws HTTP/1.1'), 400],
    ['23: an unknown path', handshake({}, 'GET /other HTTP/1.1'), 404],
    ['24: a foreign origin', handshake({ Origin: 'https://evil.com' }), 403],
    ['26: the origin null', handshake({ Origin: 'null' }), 403],
    ['26: two origins', withLines('Origin: http://127.0.0.1', 'Origin: http://127.0.0.1'), 403],
    ['26: no origin at all', handshake({ Origin: 'http://127.0.0.1, http://127.0.0.1' }), 403],
  ]
  it.each(requests)(
    '29: %s is refused whole, once, and the connection ends',
    async (_item, request, status, header) => {
      const port = await start({}, { isSecure })
      // What is pipelined behind it is never answered.
      const raw = await refusal(port, `${request}GET /ws HTTP/1.1\r\nHost: a\r\n\r\n${handshake()}`, isSecure)
      expect(raw.status).toBe(status)
      const [head = ''] = raw.text.split('\r\n\r\n')
      expect(head).toContain('\r\nConnection: close')
      if (header !== undefined) expect(head).toContain(`\r\n${header}`)
      expect(raw.text.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
      expect(connections).toEqual([])
      // A foreign origin is told of, once.
      const isOfOrigin = (line: string): boolean => line.endsWith('list it in allowedOrigins')
      expect(linesAt('info', 'warn', 'error').filter((line) => !isOfOrigin(line))).toEqual([])
    },
  )

  it.each([
    ['7: several upgrades', handshake({ Upgrade: 'foo, WebSocket' })],
    ['8: several connection options', handshake({ Connection: 'keep-alive, Upgrade' })],
    ['15: no subprotocol is acceptable, 38', handshake({ 'Sec-WebSocket-Protocol': 'a, b' })],
    ['20: names in any case', handshake({ Host: undefined, hOST: '127.0.0.1' })],
    ['21: an unknown header', handshake({ 'X-Any': 'é'.normalize('NFC') })],
    ['22: an absolute target', handshake({}, 'GET http://127.0.0.1/ws HTTP/1.1')],
    ['22: an absolute target in capitals', handshake({}, 'GET HTTP://127.0.0.1/ws HTTP/1.1')],
    ['24: a page of ours', handshake({ Origin: `${isSecure ? 'https' : 'http'}://127.0.0.1` })],
    ['25: no origin', handshake()],
    ['A7: a header named __proto__', handshake({ ['__proto__x']: 'a', constructor: 'b' })],
  ])('33, 36, 43: %s is accepted with what is needed and no more', async (_item, request) => {
    const raw = await answered(await start({}, { isSecure }), request, isSecure)
    expect(raw.text).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
    )
    expect(connections[0]?.request).toMatchObject({ url: '/ws', isSecure, remoteAddress: '127.0.0.1' })
  })

  it('39: reads several fields of subprotocols as one list', async () => {
    const port = await start({ protocols: (offered) => offered.at(-1) }, { isSecure })
    const raw = await answered(
      port,
      withLines('Sec-WebSocket-Protocol: a', 'Sec-WebSocket-Protocol: b, c'),
      isSecure,
    )
    expect(raw.text.match(/\r\nSec-WebSocket-Protocol: c\r\n/g)).toHaveLength(1)
  })
})

describe('authorize', () => {
  /** Decides when told to; `signals` are those of the decisions so far. */
  function hesitant() {
    const signals: AbortSignal[] = []
    const decisions: ((decision?: Refusal) => void)[] = []
    const authorize = (_request: UpgradeRequest, signal: AbortSignal): Promise<Refusal | undefined> => {
      signals.push(signal)
      return new Promise((resolve) => decisions.push(resolve))
    }
    return { authorize, signals, decisions }
  }

  it.each([
    ['sync', (refusal?: Refusal) => refusal],
    ['async', async (refusal?: Refusal) => refusal],
  ] as const)('27: refuses as it is told (%s)', async (_, answer) => {
    const decisions: (Refusal | undefined)[] = [
      { status: 401, headers: { 'WWW-Authenticate': 'Bearer realm="a"' } },
      { status: 403, reason: 'naïve' },
      { status: 307, headers: { Location: '/elsewhere' } },
      undefined,
    ]
    const port = await start({ authorize: () => answer(decisions.shift()) })
    const answers = []
    for (let index = 0; index < 3; index++) answers.push((await refusal(port, handshake())).text)
    expect(answers[0]).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm="a"\r\n/)
    expect(answers[1]).toMatch(
      /^HTTP\/1\.1 403 Forbidden\r\n[^]*\r\nContent-Length: 7\r\n\r\nna\xc3\xafve\n$/,
    )
    expect(answers[2]).toMatch(/^HTTP\/1\.1 307 Temporary Redirect\r\nLocation: \/elsewhere\r\n/)
    expect((await answered(port, handshake())).status).toBe(101)
    expect(connections).toHaveLength(1)
    expect(linesAt('info', 'warn', 'error')).toEqual([])
  })

  it('24: is not asked about pages and hosts that are not allowed', async () => {
    let asked = 0
    const port = await start({ authorize: () => void asked++, allowedHosts: ['127.0.0.1', 'good.com:1'] })
    expect((await refusal(port, handshake({ Origin: 'https://evil.com' }))).status).toBe(403)
    for (const host of ['evil.com', 'good.com', '127.0.0.1.evil.com']) {
      expect((await refusal(port, handshake({ Host: host }))).status).toBe(421)
    }
    expect(asked).toBe(0)
    expect((await answered(port, handshake({ Host: '127.0.0.1:8080' }))).status).toBe(101)
    expect(asked).toBe(1)
  })

  it('31, 45: keeps what comes while it decides, also more than is kept at once', async () => {
    const { authorize, decisions } = hesitant()
    const port = await start({ authorize, limits: { maxEarlyBytes: 1000 } })
    await using raw = await RawHttp.dial(port)
    raw.write(Buffer.concat([Buffer.from(handshake()), buildFrame('first')]))
    await expect.poll(() => decisions.length).toBe(1)
    const long = 'x'.repeat(200_000)
    raw.write(buildFrame(long))
    raw.write(buildFrame('last'))
    expect(raw.text).toBe('')
    decisions[0]!()
    await expect.poll(() => raw.text).toContain('\x81\x04last')
    expect(raw.text.indexOf('\x81\x05first')).toBe(raw.text.indexOf('\r\n\r\n') + 4)
    expect(raw.text).toContain(long.slice(0, 60_000))
  })

  it.each(['end', 'resetAndDestroy'] as const)(
    '30: a client that leaves meanwhile (%s) aborts it',
    async (way) => {
      const { authorize, decisions, signals } = hesitant()
      const port = await start({ authorize })
      await using raw = await RawHttp.dial(port)
      raw.write(handshake())
      await expect.poll(() => signals.length).toBe(1)
      raw.socket[way]()
      await expect.poll(() => signals[0]!.aborted).toBe(true)
      decisions[0]!()
      await raw.closed
      expect([raw.text, connections.length]).toEqual(['', 0])
      expect(lines).toEqual([])
    },
  )

  it('has so much time, then 503', async () => {
    const { authorize, decisions, signals } = hesitant()
    const port = await start({ authorize, limits: { authorizeTimeoutMs: 100 } })
    const raw = await refusal(port, handshake())
    expect(raw.text).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\nRetry-After: 1\r\n/)
    expect(signals[0]!.aborted).toBe(true)
    decisions[0]!()
    expect(linesAt('error')).toEqual(['`authorize` failed'])
  })

  it('28: who waits is sent away when the server closes', async () => {
    const { authorize, signals } = hesitant()
    http = createServer()
    const server = createWebSocketServer({
      authorize,
      logger,
      connection: () => expect.fail('nobody may come in'),
    })
    server.attach(http, { path: '/ws' })
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    await using raw = await RawHttp.dial((http.address() as AddressInfo).port)
    raw.write(handshake())
    await expect.poll(() => signals.length).toBe(1)
    await server.close()
    await expect.poll(() => raw.text).toContain('HTTP/1.1 503')
    expect(signals[0]!.aborted).toBe(true)
    await new Promise((resolve) => http.close(resolve))
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('secret')
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret'))],
    ['throws nothing', async () => Promise.reject(undefined as unknown as Error)],
    ['splits the response in a value', () => ({ status: 401, headers: { A: 'b\r\nX: y' } })],
    ['splits the response in a name', () => ({ status: 401, headers: { 'A: b\r\nX': 'y' } })],
    ['frames the response itself', () => ({ status: 401, headers: { 'Content-Length': '0' } })],
    ['keeps the connection', () => ({ status: 401, headers: { connection: 'keep-alive' } })],
    ['returns a status that accepts', () => ({ status: 200 })],
    ['returns 101', async () => ({ status: 101 })],
    ['returns no status', () => ({})],
    ['returns true', () => true],
  ])('44, A41: that %s is 500 and a line in the log', async (_, authorize) => {
    const port = await start({
      authorize: authorize as unknown as NonNullable<WebSocketServerOptions['authorize']>,
    })
    const raw = await refusal(port, handshake())
    expect(raw.status).toBe(500)
    expect(raw.text).not.toMatch(/secret|X: y|keep-alive/)
    expect(linesAt('error')).toHaveLength(1)
  })

  it('44: adds headers to the 101, if they can be sent', async () => {
    const answers: Record<string, string>[] = [
      { 'Set-Cookie': 'a=b; HttpOnly' },
      { 'Set-Cookie': 'a=b\r\nX: y' },
      { 'Sec-WebSocket-Extensions': 'a' },
      { Upgrade: 'h2c' },
    ]
    const port = await start({ headers: () => answers.shift()! })
    expect((await answered(port, handshake())).text).toContain('\r\nSet-Cookie: a=b; HttpOnly\r\n')
    for (let index = 0; index < 3; index++) expect((await refusal(port, handshake())).status).toBe(500)
  })

  it('A43: ten thousand bad requests are no line at warn or above', async () => {
    const port = await start({ authorize: () => ({ status: 401 }) })
    for (let round = 0; round < 100; round++) {
      const bad = handshake({ 'Sec-WebSocket-Version': '8\x1b[31m'.slice(0, 1) })
      await Promise.all(
        Array.from({ length: 100 }, async (_, index) => {
          await using raw = await RawHttp.dial(port)
          raw.write(index % 2 === 0 ? bad : handshake())
          await raw.closed
        }),
      )
    }
    expect(linesAt('info', 'warn', 'error')).toEqual([])
    expect(lines.length).toBeLessThan(1000)
  })
})

describe('proxies', () => {
  const forwarded = handshake({
    Host: 'inner:8080',
    'X-Forwarded-For': '8.8.8.8, 192.0.2.1',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'example.com',
    Origin: 'https://example.com',
  })

  it('A39: are believed if they are trusted, and their client is who connects', async () => {
    const port = await start({ trustedProxies: ['loopback'], allowedHosts: ['example.com'] })
    await answered(port, forwarded)
    const [{ connection, request } = expect.fail()] = connections
    expect(request).toMatchObject({ remoteAddress: '192.0.2.1', host: 'example.com', isSecure: true })
    expect(connection.remoteAddress).toBe('192.0.2.1')
  })

  it('A39: change nothing if they are not', async () => {
    const port = await start({ trustedProxies: ['10.0.0.0/8', 'unix'] })
    expect((await refusal(port, forwarded)).status).toBe(403)
    await answered(port, forwarded.replace('Origin', 'X-Origin'))
    const [{ connection, request } = expect.fail()] = connections
    expect(request).toMatchObject({ remoteAddress: '127.0.0.1', host: 'inner:8080', isSecure: false })
    expect(connection.remoteAddress).toBe('127.0.0.1')
  })

  it('may use a Unix socket, where nobody has an address', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'roomcast-'))
    cleanUp.push(() => rm(directory, { recursive: true }))
    const path = join(directory, 'socket')
    await start({}, { listen: path })
    await using raw = await RawHttp.dial({ path })
    raw.write(Buffer.concat([Buffer.from(forwarded.replace('Origin', 'X-Origin')), buildFrame('hello')]))
    await expect.poll(() => raw.text).toContain('\x81\x05hello')
    expect(connections[0]?.request).toMatchObject({
      remoteAddress: undefined,
      host: 'inner:8080',
      isSecure: false,
    })
    expect(connections[0]?.connection.remoteAddress).toBeUndefined()
  })

  it('are believed on a Unix socket if it is trusted', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'roomcast-'))
    cleanUp.push(() => rm(directory, { recursive: true }))
    const path = join(directory, 'socket')
    await start({ trustedProxies: ['unix'] }, { listen: path })
    await using raw = await RawHttp.dial({ path })
    raw.write(forwarded)
    await expect.poll(() => raw.status).toBe(101)
    expect(connections[0]?.request).toMatchObject({ remoteAddress: '192.0.2.1', isSecure: true })
    expect(connections[0]?.connection.remoteAddress).toBe('192.0.2.1')
  })

  it('that make no sense are an error at once', () => {
    const connection = (): void => {}
    expect(() => createWebSocketServer({ connection, trustedProxies: ['localhost'] })).toThrow(
      /'loopback' or 'unix'/,
    )
    expect(() => createWebSocketServer({ connection, allowedHosts: ['http://a'] })).toThrow(/allowedHosts/)
  })
})
