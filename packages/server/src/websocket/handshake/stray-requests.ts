// Requests that mean to open a WebSocket and do not say so properly. Node does not take them for upgrades, so they come as
// ordinary requests; where nobody serves those they would wait for ever, and where somebody does they get a page.
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { processWide } from '../../util/process-wide.ts'
import type { HandshakeRejection } from '../protocol/handshake.ts'
import { listHas } from '../protocol/header-grammar.ts'
import { interceptEvent } from './event-interceptor.ts'
import { findByPath, type AnyHttpServer } from './upgrade-dispatcher.ts'

/** Says what is wrong with a request, or undefined if nothing is. */
export type StrayJudge = (request: IncomingMessage) => HandshakeRejection | undefined

const strays = processWide('stray-requests', () => new WeakMap<AnyHttpServer, StrayRequests>())

/**
 * Refuses requests over HTTP/1.1 at a path that carry fields of a WebSocket handshake, as `judge` says; every other request
 * goes its usual way. Only a server on which nobody listens for requests has no usual way: there the path is answered
 * with 426 and others with 404. Returns a function that stops it.
 */
export function refuseStrayRequests(server: AnyHttpServer, path: string, judge: StrayJudge): () => void {
  let stray = strays.get(server)
  if (stray === undefined) {
    stray = new StrayRequests(server)
    strays.set(server, stray)
  }
  return stray.add(path, judge)
}

class StrayRequests {
  readonly #server: AnyHttpServer
  readonly #judges = new Map<string, StrayJudge>()
  /** What is pipelined behind a refused request is discarded, as behind a refused upgrade. */
  readonly #refused = new WeakSet<Duplex>()

  constructor(server: AnyHttpServer) {
    this.#server = server
    interceptEvent(server, 'request', (request: IncomingMessage, response: ServerResponse) =>
      this.#take(request, response),
    )
    interceptEvent(server, 'upgrade', (_request: IncomingMessage, socket: Duplex) =>
      this.#refused.has(socket),
    )
  }

  add(path: string, judge: StrayJudge): () => void {
    this.#judges.set(path, judge)
    return () => {
      if (this.#judges.get(path) === judge) this.#judges.delete(path)
    }
  }

  #take(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.#judges.size === 0 || request.httpVersionMajor !== 1) return false
    if (this.#refused.has(request.socket)) return true
    const rejection = this.#judge(request)
    if (rejection === undefined) return false
    this.#refused.add(request.socket)
    respond(response, rejection)
    return true
  }

  #judge(request: IncomingMessage): HandshakeRejection | undefined {
    const judge = findByPath(this.#judges, request.url)
    if (judge !== undefined && isMeantForUs(request)) return judge(request)
    if (this.#server.listenerCount('request') > 0) return undefined
    if (judge === undefined) return { status: 404 }
    return { status: 426, reason: 'connect here with a websocket', headers: { Upgrade: 'websocket' } }
  }
}

/** Whether a request has a field that belongs to a WebSocket handshake only. */
function isMeantForUs({ headers }: IncomingMessage): boolean {
  return (
    headers['sec-websocket-key'] !== undefined ||
    headers['sec-websocket-version'] !== undefined ||
    (headers.upgrade !== undefined && listHas([headers.upgrade], 'websocket'))
  )
}

/** Like `refuseUpgrade`, by way of the response that Node has made. */
function respond(response: ServerResponse, { status, reason, headers }: HandshakeRejection): void {
  const body = `${reason ?? STATUS_CODES[status] ?? 'refused'}\n`
  response.on('error', ignore)
  response.writeHead(status, {
    ...headers,
    Connection: 'close',
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  })
  response.end(body)
}

function ignore(): void {}
