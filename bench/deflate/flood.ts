// How far compressed messages hold up the event loop of a server: 100 connections, as fast as they can, for some seconds
// each. The clients are a process of their own, on the same machine.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createWebSocketServer } from '@roomcast/server/websocket'
import { compress, emptyDynamicBlocks, jsonPayload } from './payloads.ts'
import { KIB } from './subjects.ts'

const CONNECTIONS = 100
const MEASURE_MS = 4000

const floods: Record<string, () => Uint8Array> = {
  '256 KiB of JSON': () => compress(jsonPayload(256 * KIB)),
  '16 KiB of JSON': () => compress(jsonPayload(16 * KIB)),
  '64 KiB of zeros': () => compress(new Uint8Array(64 * KIB)),
  'empty dynamic blocks, 16 KiB': () => emptyDynamicBlocks(16 * KIB),
  'empty dynamic blocks, 256 KiB': () => emptyDynamicBlocks(255 * KIB),
}

const [name, port] = process.argv.slice(2)
if (name === undefined) {
  const rows: Record<string, unknown> = {}
  for (const flood of Object.keys(floods)) rows[flood] = await measure(flood)
  console.table(rows)
} else {
  await flood(Number(port), floods[name]!())
}

async function measure(name: string): Promise<unknown> {
  let messages = 0
  const noRate = { perSecond: Infinity, burst: Infinity }
  const server = createWebSocketServer({
    deflate: true,
    limits: { messageRate: noRate, byteRate: noRate },
    connection: (connection) => {
      connection.setHandlers({ message: () => messages++, close: () => {} })
    },
  })
  const http = createServer()
  server.attach(http)
  await once(http.listen(0, '127.0.0.1'), 'listening')
  const { port } = http.address() as AddressInfo
  const clients = fork(import.meta.filename, [name, String(port)])
  await once(clients, 'message')
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const before = messages
  const rssBefore = process.memoryUsage().rss
  await new Promise((resolve) => setTimeout(resolve, MEASURE_MS))
  delay.disable()
  const row = {
    'messages/s': Math.round(((messages - before) * 1000) / MEASURE_MS),
    'p50 ms': Number((delay.percentile(50) / 1e6).toFixed(1)),
    'p99 ms': Number((delay.percentile(99) / 1e6).toFixed(1)),
    'max ms': Number((delay.max / 1e6).toFixed(1)),
    'RSS grew MiB': Math.round((process.memoryUsage().rss - rssBefore) / KIB / KIB),
  }
  clients.kill()
  await server.close()
  http.close()
  http.closeAllConnections()
  return row
}

/** Opens connections and writes the same compressed message to each for as long as it is taken. */
async function flood(port: number, message: Uint8Array): Promise<void> {
  const frame = maskedFrame(message)
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(port)))
  process.send!('open')
  for (const socket of sockets) {
    const write = (): void => {
      while (socket.write(frame));
      socket.once('drain', write)
    }
    socket.on('error', () => {}).resume()
    write()
  }
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  const lines = [
    'GET / HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Extensions: permessage-deflate',
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  if (!answer.includes('permessage-deflate')) throw new Error(`no compression: ${answer.toString()}`)
  return socket
}

/** A binary message in one frame with RSV1, masked with zeros. */
function maskedFrame(payload: Uint8Array): Uint8Array {
  const { length } = payload
  const size = length < 126 ? [length] : length < 65_536 ? [126, length >> 8] : [127, 0, 0, 0, 0]
  const rest =
    length < 126 ? [] : length < 65_536 ? [length] : [length >> 24, length >> 16, length >> 8, length]
  return Buffer.concat([Uint8Array.of(0xc2, size[0]! | 0x80, ...size.slice(1), ...rest, 0, 0, 0, 0), payload])
}
