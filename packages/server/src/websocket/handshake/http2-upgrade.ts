// Turns an extended CONNECT over HTTP/2 (RFC 8441) into a WebSocket connection over its stream, or refuses it.
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { readConnectHandshake } from '../protocol/connect-handshake.ts'
import type { Handshake } from '../protocol/handshake.ts'
import { fieldsOf, refuseConnect } from './http2-refusal.ts'
import { acceptanceFields, negotiate } from './negotiation.ts'
import { resolveUpgradeOptions, type ResolvedUpgradeOptions, type UpgradeOptions } from './upgrade-options.ts'
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
 * Work begins after the turn in which the request came, so that one which is reset at once costs next to nothing.
 */
export function acceptConnect(connect: Http2Connect, upgradeOptions: UpgradeOptions): void {
  const options = resolveUpgradeOptions(upgradeOptions)
  connect.stream.on('error', ignore)
  options.clock.defer(() => answer(connect, options))
}

function answer(connect: Http2Connect, options: ResolvedUpgradeOptions): void {
  const { stream } = connect
  if (isGone(stream)) return
  const handshake = readConnectHandshake(connect, options.limits)
  if ('status' in handshake) return refuse(stream, handshake, options)
  const request = upgradeRequestOf(connect, handshake)
  const acceptance = negotiate(handshake, request, options)
  if (isGone(stream)) return
  if ('status' in acceptance) return refuse(stream, acceptance, options)
  stream.respond({ ...fieldsOf(acceptanceFields(acceptance)), ':status': 200 })
  openConnection(stream, new Uint8Array(0), acceptance, request, options)
}

/** Whether there is nobody left to answer: the client reset the stream, or the session is over. */
function isGone(stream: ServerHttp2Stream): boolean {
  return stream.destroyed || stream.closed || stream.aborted
}

function refuse(
  stream: ServerHttp2Stream,
  { status, reason, headers }: { status: number; reason: string; headers?: Readonly<Record<string, string>> },
  { clock, limits }: ResolvedUpgradeOptions,
): void {
  refuseConnect(stream, status, headers, { reason, clock, lingerMs: limits.closeTimeoutMs })
}

function upgradeRequestOf(
  { stream, headers }: Http2Connect,
  { host, origin, subprotocols }: Handshake,
): UpgradeRequest {
  // The session's socket may be read; whatever else one tries with it throws.
  const { session } = stream
  return {
    url: headers[':path'] ?? '/',
    headers: regularFields(headers, host),
    httpVersion: '2.0',
    remoteAddress: session?.socket.remoteAddress,
    host,
    origin,
    isSecure: session?.encrypted ?? false,
    subprotocols,
  }
}

/** As applications know them from HTTP/1.1: without pseudo-header fields, and with a Host (RFC 9113 §8.3.1). */
function regularFields(headers: IncomingHttpHeaders, host: string): UpgradeRequest['headers'] {
  const fields = Object.entries(headers).filter(([name]) => !name.startsWith(':'))
  return Object.assign(Object.create(null) as object, { host }, Object.fromEntries(fields))
}

function ignore(): void {}
