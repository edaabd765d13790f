// The rows of the table: who talks to whom, and which checks that pair goes through.
import type { Check } from './checks/check.ts'
import { closeChecks } from './checks/close-checks.ts'
import { exchangeChecks } from './checks/exchange-checks.ts'
import { clientHttp2, proxyHttp2 } from './checks/http2-checks.ts'
import { CLIENT_ADDRESS, proxyChecks } from './checks/proxy-checks.ts'
import { receivedFragments, sentFragments, wireChecks } from './checks/wire-checks.ts'
import { chromiumClient } from './clients/chromium-client.ts'
import { firefoxClient } from './clients/firefox-client.ts'
import { http2Client } from './clients/http2-client.ts'
import { ownClient } from './clients/own-client.ts'
import { aiohttpClient, pythonWebsocketsClient } from './clients/python-client.ts'
import { undiciClient } from './clients/undici-client.ts'
import { webkitClient } from './clients/webkit-client.ts'
import { websocketClient } from './clients/websocket-client.ts'
import { wsClient } from './clients/ws-client.ts'
import type { ClientPeer, Requirement, ServerPeer } from './peer.ts'
import { apache, caddy, haproxy, nginx } from './proxies/programs.ts'
import { startProxy, type ProxyProgram } from './proxies/proxy-peer.ts'
import type { OwnServer } from './servers/own-server.ts'
import { aiohttpServer, pythonWebsocketsServer } from './servers/python-server.ts'
import { wsServer } from './servers/ws-server.ts'
import { Stage } from './stage.ts'
import { startWireTap } from './wire/wire-tap.ts'

/** A peer and the checks that it goes through. */
export interface Row {
  readonly peer: string
  readonly requirement?: Requirement
  readonly start: (own: OwnServer) => Promise<Stage>
}

/** Rows with the same columns. */
export interface Group {
  readonly title: string
  readonly checks: readonly Check[]
  readonly rows: readonly Row[]
}

/** A client of our server. */
const client = (
  peer: string,
  start: () => ClientPeer | Promise<ClientPeer>,
  requirement?: Requirement,
): Row => ({
  peer,
  ...(requirement && { requirement }),
  async start(own) {
    const started = await start()
    const tap = await startWireTap(own.port)
    const { port } = tap
    const http2 = { front: { client: started, port: own.http2Port } }
    const parts = { client: started, lacks: started.lacks, tap, port, securePort: own.securePort, own, http2 }
    return new Stage(parts, async () => {
      await started[Symbol.asyncDispose]()
      await tap[Symbol.asyncDispose]()
    })
  },
})

/** A server for our client. */
const server = (peer: string, start: () => Promise<ServerPeer>, requirement?: Requirement): Row => ({
  peer,
  ...(requirement && { requirement }),
  async start() {
    const started = await start()
    const tap = await startWireTap(started.port)
    const { lacks, securePort } = started
    return new Stage(
      { client: ownClient(), lacks, tap, port: tap.port, securePort: securePort! },
      async () => {
        await tap[Symbol.asyncDispose]()
        await started[Symbol.asyncDispose]()
      },
    )
  },
})

/** What a client may claim about itself, to no avail. */
const CLAIMS = {
  'X-Forwarded-For': '203.0.113.7',
  'X-Forwarded-Proto': 'gopher',
  'X-Forwarded-Host': 'evil.example',
}

/** A proxy between ws and our server. */
const proxy = (peer: Requirement, program: ProxyProgram): Row => ({
  peer,
  requirement: peer,
  async start(own) {
    const tap = await startWireTap(own.port)
    const started = await startProxy(program, tap.port)
    const ws = wsClient({ localAddress: CLIENT_ADDRESS, headers: CLAIMS })
    const { port, securePort, lacks } = started
    const backend = program.withHttp2Backend
      ? await startProxy({ ...program, adapt: program.withHttp2Backend }, own.clearHttp2Port)
      : undefined
    const http2 = { front: { client: http2Client(), port: securePort }, ...(backend && { backend }) }
    return new Stage({ client: ws, lacks, tap, port, securePort, own, http2 }, async () => {
      await backend?.[Symbol.asyncDispose]()
      await started[Symbol.asyncDispose]()
      await tap[Symbol.asyncDispose]()
    })
  },
})

const COMMON = [...exchangeChecks, ...wireChecks, ...closeChecks]

/** The whole table. */
export const GROUPS: readonly Group[] = [
  {
    title: 'Clients of our server',
    checks: [...COMMON, sentFragments, clientHttp2],
    rows: [
      client('ws', wsClient),
      client('undici', undiciClient),
      client('websocket', websocketClient),
      client('python websockets', pythonWebsocketsClient, 'python-websockets'),
      client('python aiohttp', aiohttpClient, 'python-aiohttp'),
      client('chromium', chromiumClient, 'chromium'),
      client('firefox', firefoxClient, 'firefox'),
      client('webkit', webkitClient, 'webkit'),
    ],
  },
  {
    title: 'Servers of our client',
    checks: [...COMMON, receivedFragments],
    rows: [
      server('ws server', wsServer),
      server('websockets server', pythonWebsocketsServer, 'python-websockets'),
      server('aiohttp server', aiohttpServer, 'python-aiohttp'),
    ],
  },
  {
    title: 'Proxies between ws and our server',
    checks: [...COMMON, sentFragments, ...proxyChecks, ...proxyHttp2],
    rows: [proxy('nginx', nginx), proxy('haproxy', haproxy), proxy('caddy', caddy), proxy('apache', apache)],
  },
]
