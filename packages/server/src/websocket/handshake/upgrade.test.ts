import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { duplexPair, type Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../clock.ts'
import { silentLogger } from '../../logger.ts'
import { FakeClock } from '../../testing/fake-clock.ts'
import { Heartbeat } from '../connection/heartbeat.ts'
import { acceptKey } from './accept-key.ts'
import { Opcode } from '../protocol/opcode.ts'
import { clientFrame } from '../../testing/websocket/endpoint.ts'
import { Recorder } from '../../testing/websocket/connection-pair.ts'
import { utf8 } from '../../testing/websocket/hex.ts'
import { refuseUpgrade } from './refusal.ts'
import { acceptUpgrade } from './upgrade.ts'
import { resolveUpgradeOptions, type UpgradeOptions } from './upgrade-options.ts'
import type { WebSocketConnection } from '../connection/websocket-connection.ts'
import { DEFAULT_WEBSOCKET_LIMITS } from '../websocket-limits.ts'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const REQUEST = [
  'GET /realtime HTTP/1.1',
  'Host: example.com',
  'Upgrade: websocket',
  'Connection: Upgrade',
  `Sec-WebSocket-Key: ${KEY}`,
  'Sec-WebSocket-Version: 13',
]

const bytesOf = (lines: readonly string[]): string => `${lines.join('\r\n')}\r\n\r\n`
const withHeader = (...headers: string[]): string => bytesOf([...REQUEST, ...headers])
const without = (name: string): string[] => REQUEST.filter((line) => !line.startsWith(name))
const replaced = (name: string, line: string): string => bytesOf([...without(name), line])

const heartbeat = new Heartbeat({ clock: systemClock, limits: DEFAULT_WEBSOCKET_LIMITS })

/** What the HTTP parser makes of the request, as far as it matters. */
const parsedRequest = {
  method: 'GET',
  url: '/realtime',
  httpVersion: '1.1',
  rawHeaders: REQUEST.slice(1).flatMap((line) => line.split(': ')),
} as IncomingMessage

function accept(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  changes: Omit<UpgradeOptions, 'heartbeat'>,
): void {
  acceptUpgrade(request, socket, head, resolveUpgradeOptions({ heartbeat, ...changes }))
}

/** A server that upgrades everything with `options`. */
let options: Partial<UpgradeOptions>
let connections: WebSocketConnection[]
const clients: Socket[] = []
const server = createServer()
server.on('upgrade', (request: IncomingMessage, socket, head) => {
  const open = (connection: WebSocketConnection): void => void connections.push(connection)
  accept(request, socket, head, { logger: silentLogger, open, ...options })
})

beforeEach(async () => {
  options = {}
  connections = []
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  for (const connection of connections) connection.terminate()
  await new Promise((resolve) => server.close(resolve))
})

/** Sends raw bytes over a socket of its own; what comes back is collected. */
function send(request: string | Uint8Array) {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  clients.push(socket)
  const answer = { text: '', hasEnded: false }
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => (answer.text += chunk))
  socket.on('end', () => (answer.hasEnded = true))
  socket.on('error', () => {})
  socket.write(typeof request === 'string' ? Buffer.from(request, 'latin1') : request)
  return { socket, answer }
}

/** The complete answer to a request after which the server ends the socket. */
async function refusalOf(request: string): Promise<string> {
  const { answer } = send(request)
  await expect.poll(() => answer.hasEnded).toBe(true)
  return answer.text
}

/** The head of the answer that accepts a request. */
async function acceptanceOf(request: string | Uint8Array): Promise<string> {
  const { answer } = send(request)
  await expect.poll(() => answer.text).toContain('\r\n\r\n')
  return answer.text.slice(0, answer.text.indexOf('\r\n\r\n') + 4)
}

describe('acceptUpgrade (RFC 6455 §4.2)', () => {
  it('computes the example of §1.3', () => {
    expect(acceptKey(KEY)).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  })

  it('answers 101 with exactly what is needed', async () => {
    const lines = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    ]
    expect(await acceptanceOf(withHeader())).toBe(bytesOf(lines))
    expect(connections[0]).toMatchObject({ subprotocol: '', remoteAddress: '127.0.0.1', state: 'open' })
  })

  it('declines extensions by saying nothing, and strips white space around the key', async () => {
    const request = replaced('Sec-WebSocket-Key', `Sec-WebSocket-Key: \t${KEY} \t`)
    const answer = await acceptanceOf(
      request.replace('\r\n\r\n', '\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n'),
    )
    expect(answer).toContain('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
    expect(answer).not.toContain('Extensions')
  })

  it('names the subprotocol that was selected, and only that', async () => {
    options = { protocols: (offered) => offered.find((name) => name === 'b') }
    const answer = await acceptanceOf(withHeader('Sec-WebSocket-Protocol: a', 'Sec-WebSocket-Protocol: b, B'))
    expect(answer).toContain('\r\nSec-WebSocket-Protocol: b\r\n')
    expect(connections[0]?.subprotocol).toBe('b')
    expect(await acceptanceOf(withHeader('Sec-WebSocket-Protocol: B'))).not.toContain('Protocol: ')
  })

  it('refuses with 500 a subprotocol that was not offered, and a hook that throws', async () => {
    options = { protocols: () => 'a\r\nx: y' }
    const answer = await refusalOf(withHeader('Sec-WebSocket-Protocol: a'))
    expect(answer).toMatch(/^HTTP\/1.1 500 /)
    expect(answer).not.toContain('x: y')
    options = {
      allowedOrigins: () => {
        throw new Error('secret')
      },
    }
    expect(await refusalOf(withHeader())).toMatch(/^HTTP\/1.1 500 (?![^]*secret)/)
  })

  it.each([
    ['the wrong method', withHeader().replace('GET', 'POST'), 405, 'Allow: GET'],
    ['HTTP/1.0', withHeader().replace('HTTP/1.1', 'HTTP/1.0'), 400, ''],
    ['a fragment', withHeader().replace('/realtime', '/realtime#a'), 400, ''],
    ['no Host', bytesOf(without('Host')), 400, ''],
    ['two Hosts', withHeader('Host: example.com'), 400, ''],
    ['another Host than the target', withHeader().replace('/realtime', 'http://evil.com/'), 400, ''],
    ['Upgrade: h2c', replaced('Upgrade', 'Upgrade: h2c'), 426, 'Upgrade: websocket'],
    ['a short key', replaced('Sec-WebSocket-Key', 'Sec-WebSocket-Key: abc='), 400, ''],
    ['two keys', withHeader(`Sec-WebSocket-Key: ${KEY}`), 400, ''],
    ['no version', bytesOf(without('Sec-WebSocket-Version')), 426, 'Sec-WebSocket-Version: 13'],
    [
      'version 8',
      replaced('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 8'),
      426,
      'Sec-WebSocket-Version: 13',
    ],
    ['a body', `${withHeader('Content-Length: 5')}hello`, 400, ''],
    ['a chunked body', `${withHeader('Transfer-Encoding: chunked')}0\r\n\r\n`, 400, ''],
    ['malformed subprotocols', withHeader('Sec-WebSocket-Protocol: a,,b'), 400, ''],
    ['malformed extensions', withHeader('Sec-WebSocket-Extensions: a;;'), 400, ''],
    ['a line separator in a value', withHeader('X-Any: a\x85b'), 400, ''],
    ['too many headers', withHeader(...Array.from({ length: 100 }, (_, index) => `x-${index}: y`)), 431, ''],
    ['a foreign origin', withHeader('Origin: https://evil.com'), 403, ''],
    ['an opaque origin', withHeader('Origin: null'), 403, ''],
    ['two origins', withHeader('Origin: http://example.com', 'Origin: http://example.com'), 403, ''],
  ])('refuses %s with a complete response and ends the socket', async (_, request, status, header) => {
    const answer = await refusalOf(request)
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(head).toContain('\r\nConnection: close')
    expect(head).toContain(`\r\n${header}`)
    expect(head).toContain(`\r\nContent-Length: ${body.length}`)
    expect(connections).toEqual([])
  })

  it('refuses 2100 headers before Upgrade, of which the runtime may hand us only the first 2000, or none', async () => {
    const many = Array.from({ length: 2100 }, () => 'x: y')
    const answer = await refusalOf(bytesOf([...without('Upgrade'), ...many, 'Upgrade: websocket']))
    expect(answer).toMatch(/^HTTP\/1.1 431 /)
    expect(answer).toContain('\r\nConnection: close')
    expect(connections).toEqual([])
  })

  it('admits pages of the same host', async () => {
    expect(await acceptanceOf(withHeader('Origin: https://example.com'))).toMatch(/^HTTP\/1.1 101 /)
  })

  it('discards a request that was pipelined behind a refused one', async () => {
    const pipelined = withHeader() + 'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n'
    const answer = await refusalOf(pipelined.replace('13', '12'))
    expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1)
  })

  it('keeps what follows the request and delivers it', async () => {
    const recorder = new Recorder()
    const input = Buffer.concat([Buffer.from(withHeader()), clientFrame(Opcode.text, utf8('early'))])
    await acceptanceOf(input)
    connections[0]!.setHandlers(recorder)
    await expect.poll(() => recorder.messages).toEqual(['early'])
  })

  it('echoes over a real socket and closes cleanly', async () => {
    const recorder = new Recorder()
    const { socket, answer } = send(withHeader())
    await expect.poll(() => connections.length).toBe(1)
    const [connection] = connections
    recorder.message = (data) => void connection!.send(data)
    connection!.setHandlers(recorder)
    socket.write(clientFrame(Opcode.text, utf8('Hello')))
    await expect.poll(() => answer.text.endsWith('\x81\x05Hello')).toBe(true)
    socket.write(clientFrame(Opcode.close, Uint8Array.of(3, 0xe8)))
    await expect.poll(() => recorder.closes).toEqual([{ code: 1000, reason: '', wasClean: true }])
    expect(answer.text.endsWith('\x88\x02\x03\xe8')).toBe(true)
    expect(answer.hasEnded).toBe(true)
  })

  it('reports a reset connection as an abnormal end', async () => {
    const recorder = new Recorder()
    const { socket } = send(withHeader())
    await expect.poll(() => connections.length).toBe(1)
    connections[0]!.setHandlers(recorder)
    socket.resetAndDestroy()
    await expect.poll(() => recorder.closes).toEqual([{ code: 1006, reason: '', wasClean: false }])
  })

  it.each(['destroyed', 'ended'] as const)('answers nobody when the stream was %s meanwhile', async (end) => {
    const [socket, peer] = duplexPair()
    if (end === 'destroyed') socket.destroy()
    else peer.end()
    socket.resume()
    await new Promise((resolve) => setImmediate(resolve))
    const open = (): void => void expect.fail('nobody is there')
    accept(parsedRequest, socket, new Uint8Array(0), { open })
    expect([socket.destroyed, peer.read()]).toEqual([true, null])
  })

  it('reads a stream that was paused while the application was deciding, before there are handlers', async () => {
    const clock = new FakeClock()
    const [socket, peer] = duplexPair()
    socket.pause()
    const open = (connection: WebSocketConnection): void => void connections.push(connection)
    accept(parsedRequest, socket, new Uint8Array(0), { clock, open })
    peer.write(clientFrame(Opcode.ping, utf8('?')))
    await clock.settle()
    expect(String(peer.setEncoding('latin1').read()).endsWith('\x8a\x01?')).toBe(true)
  })
})

describe('refuseUpgrade', () => {
  it('gives the peer so long to close its side, then destroys the socket', async () => {
    const clock = new FakeClock()
    const [socket, peer] = duplexPair()
    refuseUpgrade(socket, 503, { 'Retry-After': '1' }, { clock, lingerMs: 5000 })
    peer.write('discarded')
    await clock.advanceAsync(4999)
    expect(String(peer.read())).toBe(
      bytesOf([
        'HTTP/1.1 503 Service Unavailable',
        'Retry-After: 1',
        'Connection: close',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Length: 20',
      ]) + 'Service Unavailable\n',
    )
    expect([socket.destroyed, socket.readableLength]).toEqual([false, 0])
    await clock.advanceAsync(1)
    expect(socket.destroyed).toBe(true)
  })

  it('leaves no timer behind and swallows what happens to the socket', async () => {
    const clock = new FakeClock()
    const [socket] = duplexPair()
    refuseUpgrade(socket, 404, {}, { clock })
    socket.destroy(new Error('ECONNRESET'))
    await clock.settle()
    expect(clock.timerCount).toBe(0)
  })

  it('throws for headers that would split the response', () => {
    const [socket] = duplexPair()
    expect(() => refuseUpgrade(socket, 404, { a: 'b\r\nc: d' })).toThrow(TypeError)
    expect(() => refuseUpgrade(socket, 404, { 'a b': 'c' })).toThrow(TypeError)
  })
})
