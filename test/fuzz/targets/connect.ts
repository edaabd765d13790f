// A whole server over a stream without a socket: Node's HTTP parser, the handshake, the connection, compression, an
// echoing application. Whatever comes in, what goes out is well formed, each connection ends once, and none is left.
import { createServer } from 'node:http'
import { duplexPair } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createWebSocketServer, silentLogger } from '@roomcast/server/websocket'
import { SeededRandom } from '../../simulation/random.ts'
import { ByteReader, writeBlock } from '../byte-reader.ts'
import { writeStream } from '../grammar/frames.ts'
import { writeRequestFields } from '../grammar/headers.ts'
import { mutate, randomBytes } from '../mutate.ts'
import { checkOutput } from '../read-frames.ts'
import { must, type Depth, type FuzzTarget } from '../target.ts'

const DEFLATE_HEADER = ['Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits'] as const

/** How many connections were handed to the application, and how many of them it was told the end of. */
let opened = 0
let closed = 0

const server = createWebSocketServer({
  deflate: { thresholdBytes: 0 },
  allowedOrigins: () => true,
  protocols: ([first]) => first,
  logger: silentLogger,
  limits: { maxMessageBytes: 100_000, sweepIntervalMs: 100, closeTimeoutMs: 500 },
  connection: (connection) => {
    opened++
    connection.setHandlers({
      message: (data) => {
        connection.send(data)
        if (data.length === 5) connection.close(4000, 'five')
        if (data.length === 20) connection.ping()
      },
      close: () => void closed++,
    })
  },
})
const http = createServer((_, response) => response.end())
server.attach(http, { path: '/' })

export const connectTarget: FuzzTarget = {
  name: 'connect',

  generate(random) {
    const isPlain = random.chance(0.8)
    const isDeflated = random.chance(0.5)
    const fields = isPlain
      ? [...plainFields(), ...(isDeflated ? [DEFLATE_HEADER] : [])]
      : writeRequestFields(random)
    const text = ['GET / HTTP/1.1', ...fields.map(([name, value]) => `${name}: ${value}`), '', ''].join(
      '\r\n',
    )
    const head = Buffer.from(text, 'latin1')
    const { bytes } = writeStream(random, { isMasked: true, allowsCompression: isPlain && isDeflated })
    const request = isPlain || random.chance(0.5) ? head : mutate(random, head)
    return Buffer.concat([randomBytes(random, 4), writeBlock(request), bytes])
  },

  async execute(input) {
    const reader = new ByteReader(input)
    const random = new SeededRandom(reader.uint32())
    const request = reader.block()
    const stream = Buffer.concat([request, reader.rest()])
    const before = opened
    const output = await converse(stream, random)
    must(opened === closed, 'an end was not told', () => `${opened} opened, ${closed} closed`)
    must(server.connections.size === 0, 'a connection is left')
    return judge(output, opened > before)
  },
}

function plainFields(): (readonly [string, string])[] {
  return [
    ['Host', 'example.com'],
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['Sec-WebSocket-Version', '13'],
  ]
}

/** Sends bytes in a few chunks, and returns all that came back until both ends were gone. */
async function converse(stream: Uint8Array, random: SeededRandom): Promise<Buffer> {
  const [near, far] = duplexPair()
  const output: Buffer[] = []
  near.on('data', (chunk: Buffer) => output.push(chunk)).on('error', () => {})
  const gone = new Promise<void>((resolve) => void far.once('close', () => resolve()))
  http.emit('connection', far)
  const longest = random.pick([200, 5000, 100_000])
  for (let offset = 0; offset < stream.length && !far.destroyed;) {
    const end = Math.min(stream.length, offset + random.int(1, longest))
    near.write(stream.subarray(offset, end))
    offset = end
    if (random.chance(0.7)) await nextTurn()
  }
  // A pair does not tell one end of the destruction of the other, as a network does.
  if (random.chance(0.1)) far.destroy()
  else near.end()
  await gone
  await nextTurn()
  near.destroy()
  return Buffer.concat(output)
}

function judge(output: Buffer, wasOpened: boolean): Depth[] {
  const headEnd = output.indexOf('\r\n\r\n')
  const head = output.toString('latin1', 0, Math.max(0, headEnd))
  const status = head.split(' ', 2)[1] ?? 'nothing'
  if (!wasOpened) return [`answered ${status}`]
  must(status === '101' || status === 'nothing', 'opened, and answered otherwise', () => status)
  const isDeflated = head.includes('permessage-deflate')
  const frames = checkOutput(output.subarray(headEnd + 4), { isMasked: false, allowsCompression: isDeflated })
  const depths: Depth[] = ['opened']
  if (isDeflated) depths.push('with compression')
  if (frames.some(({ opcode }) => opcode === 1 || opcode === 2)) depths.push('echoed')
  if (frames.some(({ rsv }) => rsv === 4)) depths.push('echoed compressed')
  const close = frames.find(({ opcode }) => opcode === 8)
  if (close && close.payload.length >= 2) depths.push(`close ${close.payload.readUInt16BE(0)}`)
  return depths
}
