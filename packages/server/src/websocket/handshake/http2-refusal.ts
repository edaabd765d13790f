// Answers a CONNECT over HTTP/2 with a response that refuses it, and ends the stream.
import { STATUS_CODES } from 'node:http'
import { constants, type ServerHttp2Stream } from 'node:http2'
import { systemClock } from '../../clock.ts'
import { abortSocket } from '../connection/abort-socket.ts'
import { isFieldValue, isToken } from '../protocol/header-grammar.ts'
import { DEFAULT_WEBSOCKET_LIMITS } from '../websocket-limits.ts'
import type { RefusalOptions } from './refusal.ts'

/** What only HTTP/1.1 has; in HTTP/2 these would make the whole response malformed (RFC 9113 §8.2.2). */
const CONNECTION_FIELDS = new Set([
  'connection',
  'upgrade',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'http2-settings',
])

/**
 * Answers with `status` and ends the stream. What the peer sends afterwards is discarded, and whatever happens to the
 * stream is nobody's error. Does nothing for a stream that is gone.
 *
 * @throws TypeError for a header that HTTP does not allow.
 */
export function refuseConnect(
  stream: ServerHttp2Stream,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  {
    reason = STATUS_CODES[status] ?? 'refused',
    clock = systemClock,
    lingerMs = DEFAULT_WEBSOCKET_LIMITS.closeTimeoutMs,
  }: RefusalOptions = {},
): void {
  stream.on('error', ignore)
  if (stream.destroyed || stream.closed) return
  const body = `${reason}\n`
  stream.respond({
    ...fieldsOf(headers),
    ':status': status,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  // A peer that grants no window for the body could keep the stream for ever.
  const timer = clock.setTimer(() => abortSocket(stream), lingerMs)
  stream.once('close', () => timer.cancel())
  // RFC 9113 §8.1: nothing more is wanted of the peer, whose side is still open.
  // Later, since Node does not survive it while it reads.
  stream.end(body, () => clock.defer(() => stream.close(constants.NGHTTP2_NO_ERROR)))
  stream.resume()
}

/** Headers as HTTP/2 has them, without those that it has not. */
export function fieldsOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const fields = Object.entries(headers).map(([name, value]) => {
    if (!isToken(name) || !isFieldValue(value)) {
      throw new TypeError(`the header ${JSON.stringify(name)} is malformed`)
    }
    return [name.toLowerCase(), value] as const
  })
  return Object.fromEntries(fields.filter(([name]) => !CONNECTION_FIELDS.has(name)))
}

function ignore(): void {}
