// Whether the server still does what it is for, after everything.
import { dialH2, openHttp2WebSocket } from '../support/http2-websocket.ts'
import { localCertificate } from '../support/tls.ts'
import { buildFrame } from '../support/raw-websocket.ts'
import { connectWebSocket, messagesOf } from '@roomcast/server/websocket'
import { once } from 'node:events'
import { allHold, type Measured } from './attack-case.ts'
import type { Stage } from './stage.ts'

/** Echoes over each transport of the one process; no error went unhandled and no connection is left. */
export async function checkLiveness(stage: Stage): Promise<Measured> {
  const { cert } = await localCertificate()
  const { ports } = stage
  const areGone = await stage.settles(({ connections }) => connections === 0, 15_000)
  const checks: Record<string, boolean> = {
    'the same process': stage.isAlive,
    'echoes over HTTP/1.1': (await echo(`ws://127.0.0.1:${ports.h1}/`)) === 'alive',
    'echoes over TLS': (await echo(`wss://localhost:${ports.tls}/`, cert)) === 'alive',
    'echoes over HTTP/1.1 beside HTTP/2': (await echo(`wss://localhost:${ports.h2}/`, cert)) === 'alive',
  }
  const session = await dialH2(ports.h2)
  const { stream } = await openHttp2WebSocket(session, '/')
  stream.write(buildFrame('alive'))
  const [bytes] = (await once(stream, 'data')) as [Buffer]
  checks['echoes over HTTP/2'] = bytes.toString('utf8', 2) === 'alive'
  session.destroy()
  checks['no error unhandled'] = (await stage.facts()).strays === 0
  checks['no connection left'] = areGone
  return allHold('after all of it', 'the same process echoes on every transport, no error unhandled', checks)
}

async function echo(url: string, ca?: string): Promise<unknown> {
  const connection = await connectWebSocket(url, ca === undefined ? {} : { tls: { ca } })
  connection.send('alive')
  for await (const message of messagesOf(connection)) {
    connection.close()
    return message
  }
  return undefined
}
