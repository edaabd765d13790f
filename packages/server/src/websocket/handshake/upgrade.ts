// Turns an HTTP/1.1 upgrade request into a WebSocket connection, or answers with an HTTP response that refuses it.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { isThenable } from '../../util/is-thenable.ts'
import { WebSocketConnection } from '../connection/websocket-connection.ts'
import { readHandshake, type HandshakeRejection } from '../protocol/handshake.ts'
import { WebSocketClosedError } from '../streams/closed-error.ts'
import { decide } from './admission.ts'
import { IncomingUpgradeRequest } from './incoming-upgrade-request.ts'
import { writeAcceptance, type Acceptance } from './negotiation.ts'
import { refuseUpgrade } from './refusal.ts'
import { heedErrors, ignoreErrors } from './stream-errors.ts'
import type { ResolvedUpgradeOptions } from './upgrade-options.ts'
import type { UpgradeRequest } from './upgrade-request.ts'

/**
 * Takes over the stream of an `upgrade` event: it is answered with 101 and its connection handed to `options.open`, or
 * it is refused. Never throws because of a peer.
 */
export function acceptUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  options: ResolvedUpgradeOptions,
): void {
  ignoreErrors(socket)
  disableTimeout(socket)
  disableRenegotiation(socket)
  if (isGone(socket)) return void socket.destroy()
  const handshake = readHandshake(describe(request), options.limits)
  if ('status' in handshake) return refuse(socket, handshake, options)
  const upgradeRequest = new IncomingUpgradeRequest(request, socket, handshake, options.trustedProxies)
  decide({ stream: socket, head, handshake, request: upgradeRequest }, options, (verdict, early) => {
    if (isGone(socket)) return void socket.destroy()
    if ('status' in verdict) return refuse(socket, verdict, options, upgradeRequest.remoteAddress)
    socket.write(writeAcceptance(handshake.key, verdict))
    openConnection(socket, early, verdict, upgradeRequest, options)
  })
}

/** What is wrong with a request that came as an ordinary one, or undefined if it is a proper handshake. */
export function judgeStrayRequest(
  request: IncomingMessage,
  { limits, log }: ResolvedUpgradeOptions,
): HandshakeRejection | undefined {
  const handshake = readHandshake(describe(request), limits)
  if (!('status' in handshake)) return undefined
  log.refused(handshake, request.socket.remoteAddress)
  return handshake
}

/** Whether nobody is left to answer, or at least nobody who will say anything. */
function isGone(socket: Duplex): boolean {
  return socket.destroyed || socket.readableEnded
}

/** Begins the connection of a granted handshake, over any stream. */
export function openConnection(
  socket: Duplex,
  head: Uint8Array,
  { subprotocol = '', deflate: agreed }: Acceptance,
  request: UpgradeRequest,
  { context, deflate, open: take, log }: ResolvedUpgradeOptions,
): void {
  const { remoteAddress } = request
  const compression = agreed && deflate?.compressionFor(agreed.agreement)
  heedErrors(socket)
  const connection = new WebSocketConnection(socket, context, {
    subprotocol,
    remoteAddress,
    head,
    compression,
  })
  const giveUp = (error: unknown): void => {
    // Who reads in a loop hears of the end by an exception; it is over then, and nothing failed.
    if (error instanceof WebSocketClosedError) return
    log.failed('the handler of new websocket connections threw', error)
    connection.close(1011, 'internal error')
  }
  try {
    const taken = take(connection, request)
    if (isThenable(taken)) taken.then(undefined, giveUp)
  } catch (error) {
    giveUp(error)
  }
}

function refuse(
  socket: Duplex & { remoteAddress?: string },
  rejection: HandshakeRejection,
  { clock, limits, log }: ResolvedUpgradeOptions,
  remoteAddress = socket.remoteAddress,
): void {
  const { status, reason, headers } = rejection
  log.refused(rejection, remoteAddress)
  refuseUpgrade(socket, status, headers, { reason, clock, lingerMs: limits.closeTimeoutMs })
}

function describe({ method = '', url: target = '', httpVersion, rawHeaders }: IncomingMessage) {
  return { method, httpVersion, target, rawHeaders }
}

/** The timeouts of the HTTP server do not apply any more: the connection has its own. Not every stream has one. */
function disableTimeout(socket: Duplex & { setTimeout?: (timeoutMs: number) => void }): void {
  socket.setTimeout?.(0)
}

/**
 * TLS 1.2 lets a client ask for one handshake after the other, each of which costs a server more than the client; none has
 * a use here. TLS 1.3 has no such thing.
 */
function disableRenegotiation(socket: Duplex & { disableRenegotiation?: () => void }): void {
  socket.disableRenegotiation?.()
}
