// A program: our server, the only one for all peers. Says where it listens, and ends when its input ends.
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createSecureServer as createHttp2SecureServer, createServer as createHttp2Server } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import {
  createWebSocketServer,
  http2ServerOptions,
  type UpgradeRequest,
  type WebSocketCloseEvent,
  type WebSocketConnection,
} from '@roomcast/server/websocket'
import { localCertificate } from '../../support/tls.ts'
import { SUBPROTOCOL } from '../peer.ts'
import { PATHS } from './own-paths.ts'

/** How connections ended, by the `id` of their query. */
const closed = new Map<string, WebSocketCloseEvent>()

function echo(connection: WebSocketConnection, { url, ...facts }: UpgradeRequest): void {
  const query = new URL(url, 'http://localhost').searchParams
  const code = Number(query.get('close'))
  let isFirst = true
  connection.setHandlers({
    message: (data) => {
      if (isFirst && query.has('ping')) connection.ping()
      if (query.has('whoami')) connection.send(JSON.stringify(facts))
      else connection.send(data)
      if (isFirst && code > 0) connection.close(code, query.get('reason') ?? '')
      isFirst = false
      if (connection.isCongested) connection.pause()
    },
    drain: () => connection.resume(),
    close: (event) => closed.set(query.get('id') ?? '', event),
  })
}

/** What the requests and responses of both versions of HTTP have in common. */
interface AnyResponse {
  statusCode: number
  setHeader(name: string, value: string): unknown
  end(body: string): unknown
}

/** A page for browsers, and what they and others ask afterwards: how the connection with an `id` ended. */
function answer({ url = '/' }: { readonly url?: string | undefined }, response: AnyResponse): void {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  if (pathname !== '/closed') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end('<!doctype html><title>Interop</title>')
    return
  }
  const event = closed.get(searchParams.get('id') ?? '')
  response.statusCode = event ? 200 : 404
  response.end(JSON.stringify(event ?? null))
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const certificate = await localCertificate()
const http = createHttpServer(answer)
const https = createHttpsServer(certificate, answer)
const http2 = createHttp2SecureServer({ ...http2ServerOptions(), ...certificate, allowHTTP1: true }, answer)
/** Without TLS, for proxies: they know what they talk to. */
const clearHttp2 = createHttp2Server(http2ServerOptions(), answer)
for (const { path, deflate, limits } of PATHS) {
  const server = createWebSocketServer({
    connection: echo,
    protocols: (offered) => offered.find((name) => name === SUBPROTOCOL),
    trustedProxies: ['127.0.0.1'],
    deflate,
    limits: { maxMessageBytes: 64 * 1024 * 1024, maxBufferedBytes: 128 * 1024 * 1024, ...limits },
  })
  for (const listener of [http, https]) server.attach(listener, { path })
  for (const listener of [http2, clearHttp2]) server.attach(listener, { path, http2: true })
}
const ports = {
  port: await listen(http),
  securePort: await listen(https),
  http2Port: await listen(http2),
  clearHttp2Port: await listen(clearHttp2),
}
console.log(JSON.stringify(ports))
process.stdin.resume().on('end', () => process.exit())
