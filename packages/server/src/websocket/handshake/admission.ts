// Decides whether a handshake that keeps the rules of the protocol is accepted, and when.
import type { Duplex } from 'node:stream'
import { isThenable } from '../../util/is-thenable.ts'
import type { Handshake, HandshakeRejection } from '../protocol/handshake.ts'
import { findRefusalFault, type Authorize, type Refusal } from './authorization.ts'
import type { HandshakeLog } from './handshake-log.ts'
import { isHostAllowed } from './host-policy.ts'
import { negotiate, type Acceptance } from './negotiation.ts'
import { isOriginAllowed } from './origin-policy.ts'
import { PendingHandshake } from './pending-handshake.ts'
import { serverFailed } from './rejections.ts'
import type { ResolvedUpgradeOptions } from './upgrade-options.ts'
import type { UpgradeRequest } from './upgrade-request.ts'

/** Somebody who wants in. */
export interface Candidate {
  readonly stream: Duplex
  /** What came with the request. */
  readonly head: Uint8Array
  readonly handshake: Handshake
  readonly request: UpgradeRequest
}

/** Answers a candidate; `head` is all that came behind the request so far. */
export type Answer = (verdict: Acceptance | HandshakeRejection, head: Uint8Array) => void

/**
 * Judges host and origin before any code of the application runs, asks `authorize`, and then negotiates. Answers once, in
 * this turn unless the application takes its time, or never if the client goes meanwhile. What a hook throws is logged
 * and becomes a 500.
 */
export function decide(candidate: Candidate, options: ResolvedUpgradeOptions, answer: Answer): void {
  const { stream, head, handshake, request } = candidate
  const { clock, limits, pending, log } = options
  const rejection = findUnwelcome(request, options)
  if (rejection !== undefined) return answer(rejection, head)
  // Making a controller costs as much as judging the request, so there is none where nobody can be told anything.
  if (options.authorize === undefined) return answer(negotiate(handshake, request, options), head)
  const controller = new AbortController()
  const asked = ask(options.authorize, request, controller.signal, options)
  if ('rejection' in asked) return answer(asked.rejection, head)
  const conclude = (refusal: Refusal | undefined | void): Acceptance | HandshakeRejection =>
    refusal === undefined ? negotiate(handshake, request, options) : rejectionOf(refusal, options)
  const { decision } = asked
  if (!isThenable(decision)) return answer(conclude(decision), head)
  new PendingHandshake({
    stream,
    head,
    decision,
    controller,
    pending,
    clock,
    limits,
    onDecided: (refusal, early) => answer(conclude(refusal), early),
    onFailed: (rejection, failure, early) => {
      if (failure !== undefined) log.failed('`authorize` failed', failure.error)
      answer(rejection, early)
    },
  })
}

type Decision = ReturnType<Authorize>

/** Why a host or an origin is refused; undefined if they are not. */
function findUnwelcome(
  request: UpgradeRequest,
  { allowedHosts, allowedOrigins, log }: ResolvedUpgradeOptions,
): HandshakeRejection | undefined {
  try {
    if (!isHostAllowed(request.host, allowedHosts)) return { status: 421, reason: 'host not allowed' }
    if (isOriginAllowed(request, allowedOrigins)) return undefined
    if (request.origin !== undefined) log.refusedOrigin(request.origin)
    return { status: 403, reason: 'origin not allowed' }
  } catch (error) {
    return hookFailed(error, log)
  }
}

function ask(
  authorize: Authorize,
  request: UpgradeRequest,
  signal: AbortSignal,
  { log }: ResolvedUpgradeOptions,
): { decision: Decision } | { rejection: HandshakeRejection } {
  try {
    return { decision: authorize(request, signal) }
  } catch (error) {
    return { rejection: hookFailed(error, log) }
  }
}

function hookFailed(error: unknown, log: HandshakeLog): HandshakeRejection {
  log.failed('a hook of the websocket handshake threw', error)
  return serverFailed
}

/** Whatever a hook without types returns is a refusal, unless it is nothing. */
function rejectionOf(refusal: Refusal, { log }: ResolvedUpgradeOptions): HandshakeRejection {
  const fault = findRefusalFault(refusal)
  if (fault === undefined) return refusal
  log.failed(`\`authorize\` returned a refusal that cannot be sent: ${fault}`)
  return serverFailed
}
