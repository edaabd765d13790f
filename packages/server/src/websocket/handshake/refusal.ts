// Answers an upgrade request over HTTP/1.1 with a response that refuses it, and ends the stream.
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { systemClock, type Clock } from '../../clock.ts'
import { isFieldValue, isToken } from '../protocol/header-grammar.ts'
import { DEFAULT_WEBSOCKET_LIMITS } from '../websocket-limits.ts'
import { ignoreErrors } from './stream-errors.ts'

/** How an upgrade is refused. */
export interface RefusalOptions {
  /** One line for people, sent as the body. @default the name of the status */
  readonly reason?: string | undefined
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
  ignoreErrors(socket)
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
