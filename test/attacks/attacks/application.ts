// A42, A46, and A7 from the other end: what our own end of a connection sends, as a client and as a server.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { connectWebSocket, silentLogger, type WebSocketConnection } from '@roomcast/server/websocket'
import { HOSTILE_NAMES } from '../../fuzz/grammar/headers.ts'
import { readFrames } from '../../fuzz/read-frames.ts'
import { allHold, type AttackCase, type Measured } from '../attack-case.ts'

/** Every kind of view there is, of a part of a buffer whose other bytes must stay here. */
function views(): Record<string, ArrayBufferView | ArrayBufferLike> {
  const whole = (): ArrayBuffer =>
    Uint8Array.from({ length: 96 }, (_, index) => (index >= 32 && index < 64 ? index : 0xee)).buffer
  const shared = new SharedArrayBuffer(32)
  new Uint8Array(shared).set(Array.from({ length: 32 }, (_, index) => index + 32))
  return {
    Uint8Array: new Uint8Array(whole(), 32, 32),
    'Buffer of the pool': Buffer.from(Array.from({ length: 32 }, (_, index) => index + 32)),
    'Buffer that is sliced': Buffer.from(whole()).subarray(32, 64),
    Uint8ClampedArray: new Uint8ClampedArray(whole(), 32, 32),
    Int8Array: new Int8Array(whole(), 32, 32),
    Uint16Array: new Uint16Array(whole(), 32, 16),
    Int16Array: new Int16Array(whole(), 32, 16),
    Uint32Array: new Uint32Array(whole(), 32, 8),
    Int32Array: new Int32Array(whole(), 32, 8),
    Float32Array: new Float32Array(whole(), 32, 8),
    Float64Array: new Float64Array(whole(), 32, 4),
    BigInt64Array: new BigInt64Array(whole(), 32, 4),
    BigUint64Array: new BigUint64Array(whole(), 32, 4),
    DataView: new DataView(whole(), 32, 32),
    ArrayBuffer: whole().slice(32, 64),
    SharedArrayBuffer: shared,
  }
}

const EXPECTED = Buffer.from(Array.from({ length: 32 }, (_, index) => index + 32))

/** A42: exactly the bytes of the view, or an error and nothing sent. */
async function everyView(): Promise<Measured> {
  const checks: Record<string, boolean> = {}
  for (const [name, view] of Object.entries(views())) {
    const sent = await payloadOf((connection) => void connection.send(view as Uint8Array))
    checks[`send ${name}`] = sent === undefined || EXPECTED.equals(sent)
    const closed = await payloadOf((connection) => connection.close(1000, view as unknown as string))
    // A reason is text: if anything, that which any string is made of where somebody asks a view for one.
    const text = new TextEncoder().encode(view as unknown as string)
    checks[`close ${name}`] = closed === undefined || closed.subarray(2).equals(text)
  }
  // What is no data at all must not become memory of ours, as a number once did for others.
  for (const value of [64, 1e6, null, true, {}, { length: 64 }, [], 10n]) {
    const name = typeof value === 'object' ? JSON.stringify(value) : String(value)
    const sent = await payloadOf((connection) => void connection.send(value as unknown as string))
    checks[`send ${name}`] = sent === undefined || sent.every((byte) => byte === 0)
  }
  return allHold(
    '16 kinds of views, and what is none, to send and close',
    'exactly its bytes, or an error',
    checks,
  )
}

/** What a call puts on the wire; undefined if it throws. */
function payloadOf(call: (connection: WebSocketConnection) => void): Promise<Buffer | undefined> {
  return withServer('', async (url, received, sockets) => {
    const connection = await connectWebSocket(url, { logger: silentLogger })
    try {
      call(connection)
    } catch {
      return undefined
    } finally {
      // Always a last frame, so that there is something to wait for.
      if (connection.state === 'open') connection.close(4000)
    }
    while (!readFrames(received()).some(({ opcode }) => opcode === 8)) await once(sockets[0]!, 'data')
    connection.terminate()
    return readFrames(received())[0]!.payload
  })
}

/** A server that answers a handshake as it likes and keeps what comes after it. */
async function withServer<Result>(
  extra: string,
  use: (url: string, received: () => Buffer, sockets: readonly Socket[]) => Promise<Result>,
): Promise<Result> {
  const chunks: Buffer[] = []
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.once('data', (head: Buffer) => {
      const key = head.toString('latin1').split('Sec-WebSocket-Key: ')[1]!.slice(0, 24)
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
      const lines = [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${accept}`,
      ]
      socket.write(`${lines.join('\r\n')}\r\n${extra}\r\n`)
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    return await use(`ws://127.0.0.1:${port}/`, () => Buffer.concat(chunks), sockets)
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}

/** A46. */
async function predictableMasks(): Promise<Measured> {
  const COUNT = 20_000
  return withServer('', async (url, received, sockets) => {
    const connection = await connectWebSocket(url, {
      logger: silentLogger,
      limits: { maxBufferedBytes: Infinity },
    })
    for (let sent = 0; sent < COUNT; sent++) connection.send('')
    while (received().length < COUNT * 6) await once(sockets[0]!, 'data')
    const bytes = received()
    const masks = readFrames(bytes).map(({ offset }) => bytes.readUInt32BE(offset + 2))
    connection.terminate()
    // Of each bit: how often it is set, and how often it is as in the mask before. Half of the time, within 5 sigma.
    const allowed = (5 * Math.sqrt(COUNT)) / 2
    let worst = 0
    for (let bit = 0; bit < 32; bit++) {
      const set = masks.filter((mask) => (mask >>> bit) & 1).length
      const kept = masks.filter((mask, index) => index > 0 && ((mask ^ masks[index - 1]!) >>> bit) & 1).length
      worst = Math.max(worst, Math.abs(set - COUNT / 2), Math.abs(kept - COUNT / 2))
    }
    const repeated = COUNT - new Set(masks).size
    return {
      sent: `nothing: ${COUNT} frames of our client`,
      bound: `each bit set and changed in half of the masks ± ${allowed.toFixed(0)}, at most 2 repeated`,
      measured: `± ${worst}, ${repeated} repeated`,
      holds: worst <= allowed && repeated <= 2 && masks.length === COUNT,
    }
  })
}

/** A7 for our client. */
async function hostileAnswers(): Promise<Measured> {
  const checks: Record<string, boolean> = {}
  const outcome = (extra: string): Promise<string> =>
    withServer(extra, async (url) => {
      try {
        const options = { protocols: ['a'], logger: silentLogger }
        ;(await connectWebSocket(url, options)).terminate()
        return 'connected'
      } catch (error) {
        return (error as { code?: string }).code ?? String(error)
      }
    })
  for (const name of HOSTILE_NAMES) {
    checks[`header ${name}`] = (await outcome(`${name}: x\r\n`)) === 'connected'
    checks[`subprotocol ${name}`] =
      (await outcome(`Sec-WebSocket-Protocol: ${name}\r\n`)) === 'WS_CONNECT_INVALID'
    checks[`extension ${name}`] =
      (await outcome(`Sec-WebSocket-Extensions: ${name}\r\n`)) === 'WS_CONNECT_INVALID'
    const parameter = `Sec-WebSocket-Extensions: permessage-deflate; ${name}=${name}\r\n`
    checks[`parameter ${name}`] = (await outcome(parameter)) === 'WS_CONNECT_INVALID'
  }
  return allHold(
    'answers to our client with such names',
    'names like any other: refused if not offered',
    checks,
  )
}

export const APPLICATION_ATTACKS: readonly AttackCase[] = [
  { id: 'A7b', name: 'such names in answers to our client', run: hostileAnswers },
  { id: 'A42', name: 'uninitialised memory', run: everyView },
  { id: 'A46', name: 'predictable masks', run: predictableMasks },
]
