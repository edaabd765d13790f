// WebSockets over HTTP/2 (RFC 8441), items 149 to 168 of the checklist, over real sockets.
import { once } from 'node:events'
import { constants, createServer } from 'node:http2'
import { createServer as createHttp1Server } from 'node:http'
import {
  createWebSocketServer,
  http2ServerOptions,
  silentLogger,
  type UpgradeRequest,
} from '@roomcast/server/websocket'
import { describe, expect, it } from 'vitest'
import { startHttp2Echo } from '../support/http2-echo.ts'
import {
  bodyOf,
  collect,
  connectHeaders,
  dialH2,
  dialH2c,
  exchange,
  openHttp2WebSocket,
} from '../support/http2-websocket.ts'
import { RawHttp2, SETTINGS_ENABLE_CONNECT_PROTOCOL, websocketFields } from '../support/raw-http2.ts'
import { buildFrame } from '../support/raw-websocket.ts'

const PROTOCOL_ERROR = 1
const CANCEL = 8

/** A frame as a server sends it. */
const serverFrame = (payload: string | Uint8Array, opcode?: number): Buffer =>
  buildFrame(payload, { isMasked: false, ...(opcode !== undefined && { opcode }) })
const closePayload = (code: number): Buffer => Buffer.of(code >> 8, code & 0xff)

describe.each([
  ['in cleartext', false],
  ['over TLS with ALPN', true],
] as const)('a WebSocket %s', (_, isSecure) => {
  it('151, 158, 161: is answered with 200 and nothing of HTTP/1.1, echoes, and closes cleanly', async () => {
    await using echo = await startHttp2Echo({ isSecure })
    const session = await (isSecure ? dialH2 : dialH2c)(echo.port)
    expect(session.remoteSettings.enableConnectProtocol).toBe(true)
    const { stream, headers } = await openHttp2WebSocket(session, '/echo?room=1')
    expect(Object.keys(headers)).toEqual([':status', 'date'])
    const received = collect(stream)
    stream.write(buildFrame('hello'))
    await expect.poll(() => received.bytes).toEqual(serverFrame('hello'))
    stream.write(buildFrame(closePayload(1000), { opcode: 8 }))
    // 161: the server ends its side after the closing handshake.
    await expect.poll(() => received.hasEnded).toBe(true)
    expect(received.bytes.subarray(-4)).toEqual(serverFrame(closePayload(1000), 8))
    stream.end()
    await once(stream, 'close')
    expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR)
    await expect.poll(() => echo.closes).toEqual([{ code: 1000, reason: '', wasClean: true }])
    expect(echo.opened[0]?.request).toMatchObject({
      url: '/echo?room=1',
      httpVersion: '2.0',
      remoteAddress: '127.0.0.1',
      host: `${isSecure ? 'localhost' : '127.0.0.1'}:${echo.port}`,
      isSecure,
    })
    expect(echo.opened[0]?.connection.remoteAddress).toBe('127.0.0.1')
    expect(echo.complaints).toEqual([])
    session.close()
  })
})

describe('SETTINGS (RFC 8441 §3)', () => {
  it('149: say so in the first frame, of sessions that began later too', async () => {
    await using echo = await startHttp2Echo()
    for (const _ of [1, 2]) {
      await using raw = await RawHttp2.dial(echo.port)
      expect(raw.settings?.get(SETTINGS_ENABLE_CONNECT_PROTOCOL)).toBe(1)
    }
  })

  it('149, 150: say nothing unless it is enabled, and what comes all the same is a stream error', async () => {
    await using echo = await startHttp2Echo({
      isSecure: true,
      http2: false,
      serverOptions: { allowHTTP1: true },
    })
    await using raw = await RawHttp2.dial(echo.port, { isSecure: true })
    expect(raw.settings?.get(SETTINGS_ENABLE_CONNECT_PROTOCOL) ?? 0).toBe(0)
    raw.request(1, websocketFields('/echo', 'https'))
    await raw.until(() => raw.resetOf(1) !== undefined)
    expect(raw.resetOf(1)).toBe(PROTOCOL_ERROR)
  })

  it('149: say so no more in sessions that begin after the last path was detached', async () => {
    const server = createWebSocketServer({ connection: () => {}, logger: silentLogger })
    const http = createServer(http2ServerOptions())
    const places = ['/a', '/b'].map((path) => server.attach(http, { path, http2: true }))
    await once(http.listen(0, '127.0.0.1'), 'listening')
    const address = http.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    const isEnabled = async (): Promise<boolean | undefined> => {
      const session = await dialH2c(port)
      const { enableConnectProtocol } = session.remoteSettings
      session.destroy()
      return enableConnectProtocol
    }
    places[0]?.detach()
    expect(await isEnabled()).toBe(true)
    places[1]?.detach()
    expect(await isEnabled()).toBe(false)
    await new Promise((resolve) => http.close(resolve))
  })

  it('166: limit the streams of a session, WebSockets included; one more is refused', async () => {
    const settings = { ...http2ServerOptions().settings, maxConcurrentStreams: 2 }
    await using echo = await startHttp2Echo({ serverOptions: { ...http2ServerOptions(), settings } })
    await using raw = await RawHttp2.dial(echo.port, { acknowledges: false })
    for (const id of [1, 3, 5]) raw.request(id, websocketFields('/echo'))
    await raw.until(() => raw.resetOf(5) !== undefined)
    expect(raw.resetOf(5)).toBe(constants.NGHTTP2_REFUSED_STREAM)
    await raw.until(() => raw.statusOf(3) !== undefined)
    expect([raw.statusOf(1), raw.statusOf(3)]).toEqual([200, 200])
  })

  it('166: are not needed for that: a server with no such limit is warned of, and ours holds', async () => {
    const webSocket = { limits: { maxStreamsPerSession: 2 } }
    await using echo = await startHttp2Echo({ serverOptions: {}, webSocket })
    await using raw = await RawHttp2.dial(echo.port)
    for (const id of [1, 3, 5]) raw.request(id, websocketFields('/echo'))
    await raw.until(() => raw.resetOf(5) !== undefined)
    expect(raw.resetOf(5)).toBe(constants.NGHTTP2_REFUSED_STREAM)
    expect(echo.complaints).toEqual([expect.stringContaining('http2ServerOptions()')])
  })
})

describe('the handshake (RFC 8441 §4, §5)', () => {
  it.each([
    ['153: another protocol', { ':protocol': 'connect-udp' }, 501],
    [
      '153: a plain CONNECT',
      { ':protocol': undefined, ':path': undefined, ':authority': 'example.com:22' },
      405,
    ],
    ['an unknown path', { ':path': '/elsewhere' }, 404],
    ['154: version 8', { 'sec-websocket-version': '8' }, 426],
    ['154: no version', { 'sec-websocket-version': undefined }, 426],
    ['155: a foreign origin', { origin: 'https://evil.com' }, 403],
    ['155: an opaque origin', { origin: 'null' }, 403],
    ['155: malformed subprotocols', { 'sec-websocket-protocol': 'a,,b' }, 400],
    ['155: malformed extensions', { 'sec-websocket-extensions': 'a;;' }, 400],
    ['a host that differs', { ':authority': 'example.com', host: 'evil.com' }, 400],
    ['too many headers', Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x-${i}`, 'y'])), 431],
  ])('refuses %s with a complete answer', async (_, changes, status) => {
    await using echo = await startHttp2Echo()
    const session = await dialH2c(echo.port)
    const answer = await exchange(session, connectHeaders('/echo', changes))
    expect(answer.status).toBe(status)
    expect(answer.headers['sec-websocket-version']).toBe(status === 426 ? '13' : undefined)
    expect(answer.headers).not.toHaveProperty('connection')
    expect(answer.headers).not.toHaveProperty('upgrade')
    expect(await bodyOf(answer)).toHaveLength(Number(answer.headers['content-length']))
    expect(echo.opened).toEqual([])
    session.close()
  })

  it.each([
    ['152: no scheme', websocketFields('/echo').filter(([name]) => name !== ':scheme')],
    ['152: no path', websocketFields('/echo').filter(([name]) => name !== ':path')],
    ['151: no authority', websocketFields('/echo').filter(([name]) => name !== ':authority')],
  ])('refuses %s, with 400 or a stream error', async (_, fields) => {
    await using echo = await startHttp2Echo()
    await using raw = await RawHttp2.dial(echo.port)
    raw.request(1, fields)
    await raw.until(() => raw.statusOf(1) !== undefined || raw.resetOf(1) !== undefined)
    expect([400, PROTOCOL_ERROR]).toContain(raw.statusOf(1) ?? raw.resetOf(1))
    expect(echo.opened).toEqual([])
  })

  it('157: refuses a request that ends its stream', async () => {
    await using echo = await startHttp2Echo()
    await using raw = await RawHttp2.dial(echo.port)
    raw.request(1, websocketFields('/echo'), true)
    await raw.until(() => raw.statusOf(1) !== undefined)
    expect(raw.statusOf(1)).toBe(400)
  })

  it('155: selects a subprotocol, and admits pages of the authority', async () => {
    await using echo = await startHttp2Echo({ webSocket: { protocols: (offered) => offered[1] } })
    const session = await dialH2c(echo.port)
    const { headers, stream } = await openHttp2WebSocket(session, '/echo', {
      'sec-websocket-protocol': 'a, b',
      origin: `http://127.0.0.1:${echo.port}`,
    })
    expect(headers['sec-websocket-protocol']).toBe('b')
    expect(echo.opened[0]).toMatchObject({
      connection: { subprotocol: 'b' },
      request: { origin: `http://127.0.0.1:${echo.port}`, subprotocols: ['a', 'b'] },
    })
    stream.close(CANCEL)
    session.close()
  })

  it('156: ignores a key', async () => {
    await using echo = await startHttp2Echo()
    const session = await dialH2c(echo.port)
    const { headers } = await openHttp2WebSocket(session, '/echo', { 'sec-websocket-key': 'no key at all' })
    expect(headers).not.toHaveProperty('sec-websocket-accept')
    session.destroy()
  })

  it('155: answers 500 when a hook throws', async () => {
    const thrower = {
      allowedOrigins: () => {
        throw new Error('secret')
      },
    }
    await using echo = await startHttp2Echo({ webSocket: thrower })
    const session = await dialH2c(echo.port)
    const failed = await exchange(session, connectHeaders('/echo'))
    expect([failed.status, await bodyOf(failed)]).toEqual([500, 'internal error\n'])
    session.close()
  })
})

describe('authorize', () => {
  it('may take its time: what the client sends meanwhile waits', async () => {
    let grant = (): void => {}
    const granted = new Promise<void>((resolve) => (grant = resolve))
    await using echo = await startHttp2Echo({ webSocket: { authorize: () => granted } })
    const session = await dialH2c(echo.port)
    const stream = session.request(connectHeaders('/echo'), { endStream: false })
    const received = collect(stream)
    stream.write(buildFrame('early'))
    await new Promise((resolve) => session.ping(resolve)) // the server has it
    expect(echo.opened).toEqual([])
    grant()
    await expect.poll(() => received.bytes).toEqual(serverFrame('early'))
    session.destroy()
  })

  it('is told when the client resets the stream', async () => {
    const signals: AbortSignal[] = []
    const authorize = (_: UpgradeRequest, signal: AbortSignal): Promise<undefined> => {
      signals.push(signal)
      return new Promise(() => {})
    }
    await using echo = await startHttp2Echo({ webSocket: { authorize } })
    const session = await dialH2c(echo.port)
    const stream = session.request(connectHeaders('/echo'), { endStream: false })
    await expect.poll(() => signals.length).toBe(1)
    expect(signals[0]?.aborted).toBe(false)
    stream.close(CANCEL)
    await expect.poll(() => signals[0]?.aborted).toBe(true)
    expect([echo.opened, echo.complaints]).toEqual([[], []])
    session.close()
  })

  it('refuses with a status, a reason and headers', async () => {
    const authorize = () => ({
      status: 401,
      reason: 'log in first',
      headers: { 'WWW-Authenticate': 'Bearer' },
    })
    await using echo = await startHttp2Echo({ webSocket: { authorize } })
    const session = await dialH2c(echo.port)
    const answer = await exchange(session, connectHeaders('/echo'))
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer'])
    expect(await bodyOf(answer)).toBe('log in first\n')
    session.close()
  })
})

describe('the stream (RFC 8441 §5)', () => {
  it('155: carries compressed messages', async () => {
    await using echo = await startHttp2Echo({ webSocket: { deflate: true } })
    const session = await dialH2c(echo.port)
    const { headers, stream } = await openHttp2WebSocket(session, '/echo', {
      'sec-websocket-extensions': 'permessage-deflate',
    })
    expect(headers['sec-websocket-extensions']).toMatch(/^permessage-deflate/)
    const received = collect(stream)
    // RFC 7692 §7.2.3.1: "Hello".
    stream.write(buildFrame(Buffer.from('f248cdc9c90700', 'hex'), { opcode: 1, rsv: 4 }))
    await expect.poll(() => received.bytes.length).toBeGreaterThan(0)
    expect(received.bytes).toEqual(serverFrame('Hello'))
    session.destroy()
  })

  it('158: has frames that are split and merged over DATA as it happens', async () => {
    await using echo = await startHttp2Echo()
    const session = await dialH2c(echo.port)
    const { stream } = await openHttp2WebSocket(session, '/echo')
    const received = collect(stream)
    for (const byte of buildFrame('split')) stream.write(Buffer.of(byte))
    stream.write(Buffer.concat([buildFrame('mer'), buildFrame('ged')]))
    const expected = ['split', 'mer', 'ged'].map((text) => serverFrame(text))
    await expect.poll(() => received.bytes).toEqual(Buffer.concat(expected))
    stream.close(CANCEL)
    session.close()
  })

  it('159, 163: an unmasked frame fails its connection and no other stream', async () => {
    await using echo = await startHttp2Echo()
    const session = await dialH2c(echo.port)
    const [bad, good] = [
      await openHttp2WebSocket(session, '/echo'),
      await openHttp2WebSocket(session, '/echo'),
    ]
    const [badBytes, goodBytes] = [collect(bad.stream), collect(good.stream)]
    bad.stream.write(buildFrame('unmasked', { isMasked: false }))
    await expect.poll(() => badBytes.hasEnded).toBe(true)
    expect(badBytes.bytes.readUInt16BE(2)).toBe(1002)
    good.stream.write(buildFrame('still here'))
    await expect.poll(() => goodBytes.bytes).toEqual(serverFrame('still here'))
    bad.stream.end()
    await expect.poll(() => echo.closes).toMatchObject([{ code: 1002, wasClean: false }])
    good.stream.close(CANCEL)
    session.close()
  })

  it('160: is over with 1006 when the peer ends it without a Close, and our side ends too', async () => {
    await using echo = await startHttp2Echo()
    const session = await dialH2c(echo.port)
    const { stream } = await openHttp2WebSocket(session, '/echo')
    const received = collect(stream)
    stream.end()
    await once(stream, 'close')
    expect([received.hasEnded, stream.rstCode]).toEqual([true, constants.NGHTTP2_NO_ERROR])
    await expect.poll(() => echo.closes).toEqual([{ code: 1006, reason: '', wasClean: false }])
    session.close()
  })

  it('160: ends cleanly when the peer ends it right behind its Close', async () => {
    await using echo = await startHttp2Echo()
    const session = await dialH2c(echo.port)
    const { stream } = await openHttp2WebSocket(session, '/echo')
    const received = collect(stream)
    stream.end(buildFrame(closePayload(1001), { opcode: 8 }))
    await once(stream, 'close')
    expect(received.bytes).toEqual(serverFrame(closePayload(1001), 8))
    await expect.poll(() => echo.closes).toEqual([{ code: 1001, reason: '', wasClean: true }])
    session.close()
  })

  it('162: reset by the peer is 1006', async () => {
    await using echo = await startHttp2Echo()
    const session = await dialH2c(echo.port)
    const streams = await Promise.all([CANCEL, 2].map(() => openHttp2WebSocket(session, '/echo')))
    streams[0]?.stream.close(CANCEL)
    streams[1]?.stream.close(2) // INTERNAL_ERROR, which Node makes an error of the stream
    const abnormal = { code: 1006, reason: '', wasClean: false }
    await expect.poll(() => echo.closes).toEqual([abnormal, abnormal])
    expect(session.destroyed).toBe(false)
    session.close()
  })

  it('162: terminated here is reset with CANCEL', async () => {
    await using echo = await startHttp2Echo()
    await using raw = await RawHttp2.dial(echo.port)
    raw.request(1, websocketFields('/echo'))
    await raw.until(() => raw.statusOf(1) === 200)
    echo.opened[0]?.connection.terminate()
    await raw.until(() => raw.resetOf(1) !== undefined)
    expect(raw.resetOf(1)).toBe(CANCEL)
  })

  it('167: ends with trailers as it does without', async () => {
    await using echo = await startHttp2Echo()
    const session = await dialH2c(echo.port)
    const stream = session.request(connectHeaders('/echo'), { endStream: false, waitForTrailers: true })
    const interim: unknown[] = []
    stream.on('headers', (headers) => interim.push(headers))
    await once(stream, 'response')
    const received = collect(stream)
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-any': 'thing' }))
    stream.end(buildFrame('last'))
    await once(stream, 'close')
    expect(received.bytes).toEqual(serverFrame('last'))
    expect(interim).toEqual([])
    await expect.poll(() => echo.closes).toMatchObject([{ code: 1006 }])
    session.close()
  })
})

describe('attach', () => {
  it('says what is needed where HTTP/2 is not spoken, or nothing else is', () => {
    const server = createWebSocketServer({ connection: () => {} })
    expect(() => server.attach(createHttp1Server(), { http2: true })).toThrow(
      /createSecureServer\(\{ .*allowHTTP1/,
    )
    expect(() => server.attach(createServer())).toThrow(/only with `http2: true`/)
    const http = createServer()
    server.attach(http, { http2: true })
    expect(() => server.attach(http, { http2: true })).toThrow(/attached at \/ of this server already/)
  })
})
