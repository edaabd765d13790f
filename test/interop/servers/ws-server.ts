// ws as a server.
import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { localCertificate } from '../../support/tls.ts'
import { SUBPROTOCOL, type ServerPeer } from '../peer.ts'

export async function wsServer(): Promise<ServerPeer> {
  const http = createHttpServer()
  const https = createHttpsServer(await localCertificate())
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: 128 * 1024 * 1024,
    perMessageDeflate: { threshold: 0 },
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  })
  server.on('connection', echo)
  for (const listener of [http, https]) {
    listener.on('upgrade', (request, socket, head) => {
      server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request))
    })
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
  }
  return {
    lacks: { http2: 'ws speaks HTTP/1.1 only' },
    port: (http.address() as AddressInfo).port,
    securePort: (https.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate()
      for (const listener of [http, https]) {
        listener.closeAllConnections()
        await new Promise((resolve) => listener.close(resolve))
      }
    },
  }
}

function echo(client: WebSocket, { url = '/' }: IncomingMessage): void {
  const query = new URL(url, 'http://localhost').searchParams
  const fragments = Number(query.get('fragments') ?? 1)
  const code = Number(query.get('close'))
  let isFirst = true
  client.on('error', () => {}) // the client is asked what happened
  client.on('message', (data, binary) => {
    if (isFirst && query.has('ping')) client.ping('are you there?')
    const bytes = data as Buffer
    const length = Math.ceil(bytes.length / fragments)
    for (let index = 0; index < fragments; index++) {
      const part = bytes.subarray(index * length, (index + 1) * length)
      client.send(part, { binary, fin: index === fragments - 1 })
    }
    if (isFirst && code > 0) client.close(code, query.get('reason') ?? '')
    isFirst = false
  })
}
