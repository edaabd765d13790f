// A program: our server, the only one for all peers. Says where it listens, and ends when its input ends.
import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import {
  createWebSocketServer,
  type UpgradeRequest,
  type WebSocketCloseEvent,
  type WebSocketConnection,
} from '@roomcast/server/websocket'
import { localCertificate } from '../../support/tls.ts'
import { SUBPROTOCOL } from '../peer.ts'
import { PATHS } from './own-paths.ts'

/** How connections ended, by the `id` of their query. */
const closed = new Map<string, WebSocketCloseEvent>()

function echo(connection: WebSocketConnection, { url, remoteAddress, host, isSecure }: UpgradeRequest): void {
  const query = new URL(url, 'http://localhost').searchParams
  const code = Number(query.get('close'))
  let isFirst = true
  connection.setHandlers({
    message: (data) => {
      if (isFirst && query.has('ping')) connection.ping()
      if (query.has('whoami')) connection.send(JSON.stringify({ remoteAddress, host, isSecure }))
      else connection.send(data)
      if (isFirst && code > 0) connection.close(code, query.get('reason') ?? '')
      isFirst = false
      if (connection.isCongested) connection.pause()
    },
    drain: () => connection.resume(),
    close: (event) => closed.set(query.get('id') ?? '', event),
  })
}

/** A page for browsers, and what they and others ask afterwards: how the connection with an `id` ended. */
function answer({ url = '/' }: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  if (pathname !== '/closed') {
    response
      .setHeader('Content-Type', 'text/html; charset=utf-8')
      .end('<!doctype html><title>Interop</title>')
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

const http = createHttpServer(answer)
const https = createHttpsServer(await localCertificate(), answer)
for (const { path, deflate, limits } of PATHS) {
  const options = {
    connection: echo,
    protocols: (offered: readonly string[]) => offered.find((name) => name === SUBPROTOCOL),
    trustedProxies: ['127.0.0.1'],
    ...(deflate && { deflate }),
    limits: { maxMessageBytes: 64 * 1024 * 1024, maxBufferedBytes: 128 * 1024 * 1024, ...limits },
  }
  const server = createWebSocketServer(options)
  server.attach(http, { path })
  server.attach(https, { path })
}
console.log(JSON.stringify({ port: await listen(http), securePort: await listen(https) }))
process.stdin.resume().on('end', () => process.exit())
