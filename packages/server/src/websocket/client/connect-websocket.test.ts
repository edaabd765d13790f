import { connect, createServer, type Socket } from 'node:net'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../../logger.ts'
import { FakeClock } from '../../testing/fake-clock.ts'
import { Recorder } from '../../testing/websocket/connection-pair.ts'
import { createWebSocketServer } from '../server/websocket-server.ts'
import { acceptKey } from '../handshake/accept-key.ts'
import { WebSocketConnectError } from './connect-error.ts'
import type { WebSocketConnectOptions } from './connect-options.ts'
import { connectWebSocket } from './connect-websocket.ts'

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A server that answers every request with what `answer` makes of the key. */
async function listenRaw(answer: (key: string, socket: Socket) => string | undefined): Promise<string> {
  const server = createServer((socket) => {
    closers.push(() => void socket.destroy())
    socket.on('error', () => {})
    socket.once('data', (data) => {
      const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(data.toString())?.[1] ?? ''
      const text = answer(key, socket)
      if (text !== undefined) socket.write(text, 'latin1')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => void server.close())
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const grant = (key: string, ...more: string[]): string =>
  [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptKey(key)}`,
    ...more,
    '',
    '',
  ].join('\r\n')

/** An echo server on a TCP port or a path. */
async function listenEcho(at: number | string = 0): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = []
  const server = createWebSocketServer({
    logger: silentLogger,
    protocols: (offered) => offered[0],
    connection: (connection, request) => {
      seen.push(`${request.url} ${String(request.headers.authorization)}`)
      connection.setHandlers({
        message: (data) => connection.send(data),
        close: ({ code, reason }) => seen.push(`${code} ${reason}`),
      })
    },
  })
  const http = createHttpServer()
  server.attach(http, { path: '/echo' })
  await new Promise<void>((resolve) =>
    typeof at === 'string' ? http.listen(at, resolve) : http.listen(at, '127.0.0.1', resolve),
  )
  closers.push(async () => {
    await server.close()
    http.close()
  })
  const address = http.address()
  return { seen, url: typeof address === 'string' ? 'ws://localhost' : `ws://127.0.0.1:${address?.port}` }
}

async function errorOf(url: string, options: WebSocketConnectOptions = {}): Promise<WebSocketConnectError> {
  const error: unknown = await connectWebSocket(url, options).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(WebSocketConnectError)
  return error as WebSocketConnectError
}

describe('connectWebSocket', () => {
  it('talks to a server, masked, and closes cleanly', async () => {
    const { url, seen } = await listenEcho()
    const headers = { Authorization: 'Bearer x' }
    const connection = await connectWebSocket(`${url}/echo?a=1`, { protocols: ['b', 'a'], headers })
    expect([connection.subprotocol, connection.state]).toEqual(['b', 'open'])
    const recorder = new Recorder()
    connection.setHandlers(recorder)
    connection.send('hello')
    connection.send(Uint8Array.of(1, 2, 3))
    connection.send('x'.repeat(200_000))
    await expect.poll(() => recorder.messages.length).toBe(3)
    expect(recorder.messages.map((message) => message.length)).toEqual([5, 3, 200_000])
    connection.close(3000, 'bye')
    await expect.poll(() => recorder.closes).toEqual([{ code: 3000, reason: '', wasClean: true }])
    expect(seen).toEqual(['/echo?a=1 Bearer x', '3000 bye'])
  })

  it('connects over a Unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'roomcast-'))
    closers.push(() => rmSync(folder, { recursive: true }))
    const socketPath = join(folder, 'echo.sock')
    const { url } = await listenEcho(socketPath)
    const connection = await connectWebSocket(`${url}/echo`, { socketPath })
    const recorder = new Recorder()
    connection.setHandlers(recorder)
    connection.send('hello')
    await expect.poll(() => recorder.messages).toEqual(['hello'])
    expect(connection.remoteAddress).toBeUndefined()
    connection.close()
    await expect.poll(() => recorder.closes.length).toBe(1)
  })

  it('uses the stream that it is given, whatever the URL says, and nothing else', async () => {
    const { url, seen } = await listenEcho()
    const { port } = new URL(url)
    for (const scheme of ['ws', 'wss']) {
      const stream = connect(Number(port), '127.0.0.1')
      const connection = await connectWebSocket(`${scheme}://nowhere.invalid/echo`, { stream })
      const recorder = new Recorder()
      connection.setHandlers(recorder)
      connection.send('through the tunnel')
      await expect.poll(() => recorder.messages).toEqual(['through the tunnel'])
      connection.close()
      await connection.closed
    }
    expect(seen.filter((line) => line.startsWith('/echo'))).toHaveLength(2)
  })

  it('does not leave the given stream open when it fails', async () => {
    const { url } = await listenEcho()
    const streams = [0, 1].map(() => connect(Number(new URL(url).port), '127.0.0.1'))
    await errorOf('ws://a/no-such-path', { stream: streams[0]! })
    await errorOf('ws://a/echo', { stream: streams[1]!, signal: AbortSignal.abort() })
    await expect.poll(() => streams.map(({ destroyed }) => destroyed)).toEqual([true, true])
  })

  it('takes what arrives with the answer', async () => {
    const url = await listenRaw((key) => `${grant(key)}\x81\x02hi`)
    const connection = await connectWebSocket(url)
    const recorder = new Recorder()
    connection.setHandlers(recorder)
    expect(recorder.messages).toEqual(['hi'])
    connection.terminate()
  })

  it('takes an answer that declines the compression it offered', async () => {
    const url = await listenRaw((key) => `${grant(key)}\x81\x02hi`)
    const connection = await connectWebSocket(url, { deflate: true })
    const recorder = new Recorder()
    connection.setHandlers(recorder)
    expect(recorder.messages).toEqual(['hi'])
    connection.terminate()
  })

  it('tells of a refusal and follows no redirect', async () => {
    const url = await listenRaw(
      () => 'HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n',
    )
    expect(await errorOf(url)).toMatchObject({
      code: 'WS_CONNECT_REFUSED',
      status: 302,
      headers: { location: 'ws://127.0.0.1:1/' },
    })
  })

  it.each([
    ['a wrong Accept', (key: string) => grant(`${key}x`)],
    ['two Accepts', (key: string) => grant(key, `Sec-WebSocket-Accept: ${acceptKey(key)}`)],
    ['a subprotocol that was not offered', (key: string) => grant(key, 'Sec-WebSocket-Protocol: b')],
    [
      'two subprotocols',
      (key: string) => grant(key, 'Sec-WebSocket-Protocol: a', 'Sec-WebSocket-Protocol: a'),
    ],
    ['an extension that was not offered', (key: string) => grant(key, 'Sec-WebSocket-Extensions: foo')],
    ['a malformed extension', (key: string) => grant(key, 'Sec-WebSocket-Extensions: ;')],
    [
      'window bits out of range',
      (key: string) =>
        grant(key, 'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=1000'),
    ],
    ['another upgrade', (key: string) => grant(key).replace('Upgrade: websocket', 'Upgrade: h2c')],
  ])('fails on %s', async (_, answer) => {
    const url = await listenRaw(answer)
    for (const deflate of [false, true]) {
      const error = await errorOf(url, { protocols: ['a'], deflate })
      expect(error).toMatchObject({ code: 'WS_CONNECT_INVALID' })
    }
  })

  it('fails on a 101 that does not upgrade', async () => {
    const url = await listenRaw(() => 'HTTP/1.1 101 Switching Protocols\r\n\r\n')
    expect(await errorOf(url)).toMatchObject({ code: 'WS_CONNECT_INVALID' })
  })

  it('fails when nobody is there, with the cause', async () => {
    const url = await listenRaw((_, socket) => {
      socket.resetAndDestroy()
      return undefined
    })
    expect(await errorOf(url)).toMatchObject({ code: 'WS_CONNECT_FAILED', cause: { code: 'ECONNRESET' } })
  })

  it('gives up at the deadline', async () => {
    const clock = new FakeClock()
    let asked = false
    const url = await listenRaw(() => {
      asked = true
      return undefined
    })
    const error = errorOf(url, { clock, handshakeTimeoutMs: 3000 })
    await expect.poll(() => asked).toBe(true)
    await clock.advanceAsync(3000)
    expect(await error).toMatchObject({ code: 'WS_CONNECT_TIMEOUT' })
    expect(clock.timerCount).toBe(0)
  })

  it.each(['before', 'meanwhile'])('gives up when it is aborted %s', async (when) => {
    const controller = new AbortController()
    if (when === 'before') controller.abort('enough')
    const url = await listenRaw(() => {
      controller.abort('enough')
      return undefined
    })
    expect(await errorOf(url, { signal: controller.signal })).toMatchObject({
      code: 'WS_CONNECT_ABORTED',
      cause: 'enough',
    })
  })

  it.each([
    ['http://a/', {}],
    ['ws://a/#b', {}],
    ['ws://u:p@a/', {}],
    ['nonsense', {}],
    ['ws://a/', { protocols: ['a b'] }],
    ['ws://a/', { protocols: ['a', 'a'] }],
    ['ws://a/', { headers: { a: 'b\r\nc: d' } }],
    ['ws://a/', { headers: { Upgrade: 'x' } }],
    ['ws://a/', { limits: { maxMesageBytes: 1 } }],
    ['ws://a/', { headers: { 'Sec-WebSocket-Key': 'x' } }],
  ])('refuses %s with %o', async (url, options: object) => {
    await expect(connectWebSocket(url, options)).rejects.toThrow(TypeError)
  })
})
