// Turns an HTTP/1.1 upgrade request into a WebSocket connection, or answers with an HTTP response that refuses it.
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { systemClock, type Clock } from '../clock.ts'
import { consoleLogger, type Logger } from '../logger.ts'
import type { Heartbeat } from './heartbeat.ts'
import { negotiate, writeAcceptance } from './negotiation.ts'
import type { OriginPolicy } from './origin-policy.ts'
import { isFieldValue, isToken } from './protocol/header-grammar.ts'
import { WebSocketConnection } from './websocket-connection.ts'
import { DEFAULT_WEBSOCKET_LIMITS, type WebSocketLimits } from './websocket-limits.ts'

export interface UpgradeOptions {
  /** Watches the deadlines of all connections of a server. */
  readonly heartbeat: Heartbeat
  /**
   * Selects one of the subprotocols that the client offers, in its order of preference; undefined selects none.
   * @default selects none
   */
  readonly protocols?: (offered: readonly string[]) => string | undefined
  /**
   * The pages that may connect.
   * @default 'same-origin'
   */
  readonly allowedOrigins?: OriginPolicy
  /** @default DEFAULT_WEBSOCKET_LIMITS */
  readonly limits?: WebSocketLimits
  /** @default the machine's clock */
  readonly clock?: Clock
  /** @default warnings and errors on the console */
  readonly logger?: Logger
}

/**
 * Takes over the stream of an `upgrade` event. Either the connection is open on return, fed with `head`, and keeps
 * what arrives until it has handlers; or the request was refused and there is none. Never throws because of a peer.
 */
export function acceptUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  options: UpgradeOptions,
): WebSocketConnection | undefined {
  const { limits = DEFAULT_WEBSOCKET_LIMITS, clock = systemClock, logger = consoleLogger } = options
  const { protocols = () => undefined, allowedOrigins = 'same-origin', heartbeat } = options
  // The client may have gone while the application was deciding.
  if (socket.destroyed || socket.readableEnded) {
    socket.on('error', ignore).destroy()
    return undefined
  }
  const isSecure = 'encrypted' in socket && socket.encrypted === true
  const answer = negotiate(request, { protocols, allowedOrigins, limits, logger, isSecure })
  if ('status' in answer) {
    const { status, reason, headers } = answer
    refuseUpgrade(socket, status, headers, { reason, clock, lingerMs: limits.closeTimeoutMs })
    return undefined
  }
  disableTimeout(socket)
  socket.write(writeAcceptance(answer))
  const { subprotocol = '' } = answer
  const connection = new WebSocketConnection(socket, { subprotocol, limits, clock, logger, heartbeat })
  if (head.length > 0) connection.receive(head)
  return connection
}

/** How an upgrade is refused. */
export interface RefusalOptions {
  /** One line for people, sent as the body. @default the name of the status */
  readonly reason?: string
  /** @default the machine's clock */
  readonly clock?: Clock
  /** How long the peer may take to close its side, in milliseconds. @default 5000 */
  readonly lingerMs?: number
}

/**
 * Answers with `status` and ends the stream. What the peer sends afterwards, such as a request that it pipelined, is
 * discarded, and whatever happens to the stream is nobody's error.
 *
 * @throws TypeError for a header that HTTP does not allow.
 */
export function refuseUpgrade(
  socket: Duplex,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  { reason, clock = systemClock, lingerMs = DEFAULT_WEBSOCKET_LIMITS.closeTimeoutMs }: RefusalOptions = {},
): void {
  const response = writeRefusal(status, headers, reason)
  socket.on('error', ignore)
  // Closing a socket with unread input resets the connection, and the peer may lose the response.
  socket.resume()
  const timer = clock.setTimer(() => socket.destroy(), lingerMs)
  socket.once('close', () => timer.cancel())
  socket.end(response)
}

function writeRefusal(
  status: number,
  headers: Readonly<Record<string, string>>,
  reason = STATUS_CODES[status] ?? 'refused',
): string {
  const body = `${reason}\n`
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    ...Object.entries(headers).map(headerLine),
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

function headerLine([name, value]: readonly [string, string]): string {
  if (!isToken(name) || !isFieldValue(value)) {
    throw new TypeError(`the header ${JSON.stringify(name)} is malformed`)
  }
  return `${name}: ${value}`
}

/** The timeouts of the HTTP server do not apply any more: the connection has its own. Not every stream has one. */
function disableTimeout(socket: Duplex & { setTimeout?: (timeoutMs: number) => void }): void {
  socket.setTimeout?.(0)
}

function ignore(): void {}
