// Turns an HTTP/1.1 upgrade request into a WebSocket connection, or answers with an HTTP response that refuses it.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketConnection } from '../connection/websocket-connection.ts'
import { readHandshake, type Handshake } from '../protocol/handshake.ts'
import { negotiate, writeAcceptance, type Acceptance } from './negotiation.ts'
import { refuseUpgrade } from './refusal.ts'
import { resolveUpgradeOptions, type ResolvedUpgradeOptions, type UpgradeOptions } from './upgrade-options.ts'
import type { UpgradeRequest } from './upgrade-request.ts'

/**
 * Takes over the stream of an `upgrade` event: it is answered with 101 and its connection handed to `options.open`, or
 * it is refused. Never throws because of a peer.
 */
export function acceptUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  upgradeOptions: UpgradeOptions,
): void {
  const options = resolveUpgradeOptions(upgradeOptions)
  // The client may have gone while the application was deciding.
  if (socket.destroyed || socket.readableEnded) {
    socket.on('error', ignore).destroy()
    return
  }
  const handshake = readHandshake(describe(request), options.limits)
  if ('status' in handshake) return refuse(socket, handshake, options)
  const upgradeRequest = upgradeRequestOf(request, socket, handshake)
  const answer = negotiate(handshake, upgradeRequest, options)
  if ('status' in answer) return refuse(socket, answer, options)
  disableTimeout(socket)
  socket.write(writeAcceptance(handshake.key, answer))
  openConnection(socket, head, answer, upgradeRequest, options)
}

/** Begins the connection of a granted handshake, over any stream. */
export function openConnection(
  socket: Duplex,
  head: Uint8Array,
  { subprotocol = '', deflate: agreed }: Acceptance,
  request: UpgradeRequest,
  { limits, clock, logger, heartbeat, deflate, open: take }: ResolvedUpgradeOptions,
): void {
  const { remoteAddress } = request
  const compression = agreed && deflate?.compressionFor(agreed.agreement)
  const shared = { limits, clock, logger, heartbeat, compression }
  take(new WebSocketConnection(socket, { subprotocol, remoteAddress, head, ...shared }), request)
}

function refuse(
  socket: Duplex,
  { status, reason, headers }: { status: number; reason: string; headers?: Readonly<Record<string, string>> },
  { clock, limits }: ResolvedUpgradeOptions,
): void {
  refuseUpgrade(socket, status, headers, { reason, clock, lingerMs: limits.closeTimeoutMs })
}

function describe({ method = '', url: target = '', httpVersion, rawHeaders }: IncomingMessage) {
  return { method, httpVersion, target, rawHeaders }
}

function upgradeRequestOf(
  { url = '/', headers, httpVersion }: IncomingMessage,
  socket: Duplex & { remoteAddress?: string; encrypted?: boolean },
  { host, origin, subprotocols }: Handshake,
): UpgradeRequest {
  const { remoteAddress, encrypted: isSecure = false } = socket
  return { url, headers, httpVersion, remoteAddress, host, origin, isSecure, subprotocols }
}

/** The timeouts of the HTTP server do not apply any more: the connection has its own. Not every stream has one. */
function disableTimeout(socket: Duplex & { setTimeout?: (timeoutMs: number) => void }): void {
  socket.setTimeout?.(0)
}

function ignore(): void {}
