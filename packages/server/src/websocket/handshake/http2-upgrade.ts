// Turns an extended CONNECT over HTTP/2 (RFC 8441) into a WebSocket connection over its stream, or refuses it.
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { readConnectHandshake } from '../protocol/connect-handshake.ts'
import { NO_BYTES } from '../../util/bytes.ts'
import type { Handshake, HandshakeRejection } from '../protocol/handshake.ts'
import { decide } from './admission.ts'
import { originationOf } from './forwarded.ts'
import { fieldsOf, refuseConnect } from './http2-refusal.ts'
import { acceptanceFields } from './negotiation.ts'
import { serverFailed, shuttingDown } from './rejections.ts'
import { ignoreErrors } from './stream-errors.ts'
import type { ResolvedUpgradeOptions } from './upgrade-options.ts'
import type { UpgradeRequest } from './upgrade-request.ts'
import { openConnection } from './upgrade.ts'

/** A CONNECT as Node's `stream` event tells it. */
export interface Http2Connect {
  readonly stream: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, pseudo-header fields among them. */
  readonly rawHeaders: readonly string[]
  /** Whether the client ended its side of the stream with the request. */
  readonly isEnded: boolean
}

/**
 * Takes over the stream of a CONNECT: it is answered with 200 and its connection handed to `options.open`, or it is
 * refused. Never throws because of a peer.
 *
 * Work begins after the turn in which the request came, so that one which is reset at once costs next to nothing. Whoever
 * finds the place closed by then is sent away (503).
 */
export function acceptConnect(
  connect: Http2Connect,
  options: ResolvedUpgradeOptions,
  isClosed: () => boolean,
): void {
  ignoreErrors(connect.stream)
  options.clock.defer(() => {
    if (isClosed()) refuse(connect.stream, shuttingDown, options)
    else answer(connect, options)
  })
}

function answer(connect: Http2Connect, options: ResolvedUpgradeOptions): void {
  const { stream } = connect
  if (isGone(stream)) return
  const handshake = readConnectHandshake(connect, options.limits)
  if ('status' in handshake) return refuse(stream, handshake, options)
  const request = upgradeRequestOf(connect, handshake, options)
  decide({ stream, head: NO_BYTES, handshake, request }, options, (verdict, early) => {
    if (isGone(stream)) return
    if ('status' in verdict) return refuse(stream, verdict, options, request.remoteAddress)
    try {
      stream.respond({ ...fieldsOf(acceptanceFields(verdict)), ':status': 200 })
    } catch (error) {
      // Node refuses more names of headers than HTTP does.
      options.log.failed('the headers of an answer over HTTP/2 cannot be sent', error)
      return refuse(stream, serverFailed, options)
    }
    openConnection(stream, early, verdict, request, options)
  })
}

/** Whether there is nobody left to answer: the client reset the stream, or the session is over. */
function isGone(stream: ServerHttp2Stream): boolean {
  return stream.destroyed || stream.closed || stream.aborted
}

function refuse(
  stream: ServerHttp2Stream,
  rejection: HandshakeRejection,
  { clock, limits, log }: ResolvedUpgradeOptions,
  remoteAddress = stream.session?.socket.remoteAddress,
): void {
  const { status, reason, headers } = rejection
  log.refused(rejection, remoteAddress)
  refuseConnect(stream, status, headers, { reason, clock, lingerMs: limits.closeTimeoutMs })
}

function upgradeRequestOf(
  { stream, headers }: Http2Connect,
  { host, origin, subprotocols }: Handshake,
  { trustedProxies }: ResolvedUpgradeOptions,
): UpgradeRequest {
  // The session's socket may be read; whatever else one tries with it throws.
  const { session } = stream
  const remoteAddress = session?.socket.remoteAddress
  const isSecure = session?.encrypted ?? false
  const fields = regularFields(headers, host)
  const origination = originationOf({ remoteAddress, host, isSecure }, fields, trustedProxies)
  return {
    url: headers[':path'] ?? '/',
    headers: fields,
    httpVersion: '2.0',
    origin,
    subprotocols,
    ...origination,
  }
}

/** As applications know them from HTTP/1.1: without pseudo-header fields, and with a Host (RFC 9113 §8.3.1). */
function regularFields(headers: IncomingHttpHeaders, host: string): UpgradeRequest['headers'] {
  const fields = Object.entries(headers).filter(([name]) => !name.startsWith(':'))
  return Object.assign(Object.create(null) as object, { host }, Object.fromEntries(fields))
}
