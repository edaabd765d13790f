// The server under attack: one process for the whole suite, with an HTTP server for each transport. Answers questions
// about itself over the channel to its parent.
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import {
  createWebSocketServer,
  http2ServerOptions,
  type AnyHttpServer,
  type Logger,
  type WebSocketConnection,
  type WebSocketServerOptions,
} from '@roomcast/server/websocket'
import { measureMemory, threadCpuMs } from '../fuzz/meter.ts'
import type { Certificate } from '../support/tls.ts'
import type { Facts } from './stage.ts'

const ANY = { perSecond: Infinity, burst: Infinity }
/** Where a limit is what another limit would hide. */
const NO_RATES = { messageRate: ANY, byteRate: ANY, controlFrameRate: ANY }
const HURRIED = { messageTimeoutMs: 1000, noProgressTimeoutMs: 1000, sweepIntervalMs: 100 }

let messages = 0
let strays = 0
let peakBytes = 0
let peakBufferedBytes = 0
const logged: string[] = []
const lines = { debug: 0, info: 0, warn: 0, error: 0 }
const connections = new Set<WebSocketConnection>()

const log = (level: keyof typeof lines) => (fields: object, message: string) => {
  lines[level]++
  if (logged.length < 2000) logged.push(`${level} ${message} ${JSON.stringify(fields)}`)
}
const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }

function echo(connection: WebSocketConnection): void {
  connections.add(connection)
  connection.setHandlers({
    message: (data) => {
      messages++
      connection.send(data)
    },
    close: () => void connections.delete(connection),
  })
}

/** Says without end what nobody reads: as much as is polite, or more. */
const pour = (mostBytes: number) => (connection: WebSocketConnection) => {
  connections.add(connection)
  const block = new Uint8Array(64 * 1024)
  const more = (): void => {
    while (connection.bufferedBytes < mostBytes && connection.send(block)) noteBuffered(connection)
  }
  connection.setHandlers({ message: more, drain: more, close: () => void connections.delete(connection) })
}

function noteBuffered({ bufferedBytes }: WebSocketConnection): void {
  peakBufferedBytes = Math.max(peakBufferedBytes, bufferedBytes)
}

type Place = Partial<WebSocketServerOptions>

/** Paths and what is special there; everything else is by default. */
const PLACES: Readonly<Record<string, Place>> = {
  '/': {},
  '/lenient': { limits: NO_RATES },
  '/origins': { allowedOrigins: ['https://good.com'] },
  '/hosts': { allowedHosts: ['example.com'] },
  '/proxied': {
    trustedProxies: ['loopback'],
    connection: (connection, { remoteAddress }) => void connection.send(String(remoteAddress)),
  },
  '/direct': { connection: (connection, { remoteAddress }) => void connection.send(String(remoteAddress)) },
  '/deflate': { deflate: true, limits: { ...NO_RATES, maxMessageBytes: 1024 * 1024 } },
  '/opt-out': {
    deflate: { thresholdBytes: 0 },
    connection: (connection) =>
      connection.setHandlers({
        message: (data) => void connection.send(data, { compress: data.length % 2 === 0 }),
        close: () => {},
      }),
  },
  '/fragments': { limits: { ...NO_RATES, maxFragments: Infinity } },
  '/hurried': { limits: { ...NO_RATES, ...HURRIED } },
  '/pour': { limits: { ...NO_RATES, ...HURRIED }, connection: pour(4 * 1024 * 1024) },
  '/overpour': { limits: { ...NO_RATES, ...HURRIED, closeTimeoutMs: 1000 }, connection: pour(Infinity) },
  '/protocols': { protocols: ([first]) => first },
  '/bad-protocol': { protocols: () => 'a\r\nX-Injected: yes' },
  '/bad-headers': { headers: () => ({ 'X-Made': 'a\r\nX-Injected: yes' }) },
  '/bad-refusal': { authorize: () => ({ status: 403, headers: { 'X-Made': 'a\r\nX-Injected: yes' } }) },
}

function attachAll(http: AnyHttpServer, http2: boolean): void {
  for (const [path, place] of Object.entries(PLACES)) {
    createWebSocketServer({ connection: echo, logger, ...place }).attach(http, { path, http2 })
  }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1', 1024)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const [certificate] = (await once(process, 'message')) as [Certificate]
const answer = { ...certificate, allowHTTP1: true }
const h1 = createHttpServer((_, response) => response.end('SECRET'))
const tls = createHttpsServer(certificate, (_, response) => response.end('SECRET'))
const h2 = createSecureServer({ ...http2ServerOptions(), ...answer }, (_, response) => response.end('SECRET'))
attachAll(h1, false)
attachAll(tls, false)
attachAll(h2, true)

// What has a deadline of two seconds for handshakes, so that nobody has to wait for ten.
const slowLimits = { handshakeTimeoutMs: 2000 }
const slow = createHttpServer()
const slowTls = createHttpsServer(certificate)
for (const server of [slow, slowTls])
  createWebSocketServer({ connection: echo, logger, limits: slowLimits }).attach(server)
const throwing = createHttpsServer({
  ...certificate,
  SNICallback: () => {
    throw new Error('the application is wrong')
  },
})
createWebSocketServer({ connection: echo, logger }).attach(throwing)

process.on('uncaughtException', (error) => {
  strays++
  logged.push(`stray ${String(error.stack)}`)
})
process.on('unhandledRejection', (error) => {
  strays++
  logged.push(`stray ${String(error)}`)
})

const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
setInterval(() => {
  const { heapUsed, external } = process.memoryUsage()
  peakBytes = Math.max(peakBytes, heapUsed + external)
  for (const connection of connections) noteBuffered(connection)
}, 2)

/** Everything that one may want to know. `reset` begins new measurements of what is a maximum. */
function facts(wish: { collect?: boolean; reset?: boolean }): Facts {
  const result: Facts = {
    messages,
    strays,
    lines: { ...lines },
    heldBytes: wish.collect === true ? measureMemory().heldBytes : 0,
    rssBytes: process.memoryUsage().rss,
    peakBytes,
    threadCpuMs: threadCpuMs(),
    loopDelayMs: delay.percentile(99) / 1e6,
    connections: connections.size,
    peakBufferedBytes,
    handles: process.getActiveResourcesInfo().length,
    logged: logged.slice(-200),
  }
  if (wish.reset === true) {
    delay.reset()
    peakBytes = 0
    peakBufferedBytes = 0
  }
  return result
}

process.on('message', (wish: { id: number; collect?: boolean; reset?: boolean }) => {
  process.send?.({ id: wish.id, facts: facts(wish) })
})
process.on('disconnect', () => process.exit())
const ports = {
  h1: await listen(h1),
  tls: await listen(tls),
  h2: await listen(h2),
  slow: await listen(slow),
  slowTls: await listen(slowTls),
  throwing: await listen(throwing),
}
process.send?.({ ports })
