// The echo server: the WebSocket stack alone, open to everything that a tester may want to try.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createWebSocketServer } from '@roomcast/server/websocket'
import { makeCertificate } from './certificate.ts'
import { echoAll, OPEN_DEFLATE, OPEN_LIMITS } from './echo.ts'
import { createListener } from './listener.ts'
import type { EchoSettings } from './settings.ts'

/** An echo server that listens. */
export interface EchoServer {
  readonly url: string
  /** Closes every connection with 1001 and stops. */
  close(): Promise<void>
}

/** Listens on 127.0.0.1. @throws {Error} with code `EADDRINUSE` if the port is taken. */
export async function startEcho({ port, isDeflating, isSecure, isHttp2 }: EchoSettings): Promise<EchoServer> {
  const webSockets = createWebSocketServer({
    connection: (connection) => echoAll(connection),
    // Whatever page or program wants to test, may.
    allowedOrigins: () => true,
    deflate: isDeflating && OPEN_DEFLATE,
    limits: OPEN_LIMITS,
  })
  const listener = createListener(isSecure ? await makeCertificate() : undefined, isHttp2)
  listener.attach(webSockets)
  listener.server.listen(port, '127.0.0.1')
  await once(listener.server, 'listening')
  const { port: actualPort } = listener.server.address() as AddressInfo
  return {
    url: `${isSecure ? 'wss' : 'ws'}://127.0.0.1:${actualPort}`,
    async close() {
      listener.server.close()
      await webSockets.close()
      listener.end()
    },
  }
}
