// Decides whether a handshake that keeps the rules of the protocol is accepted, and when.
import type { Duplex } from 'node:stream'
import { isThenable } from '../../util/is-thenable.ts'
import type { Handshake, HandshakeRejection } from '../protocol/handshake.ts'
import { findRefusalFault, type Refusal } from './authorization.ts'
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
  const conclude = (refusal: Refusal | undefined | void): Acceptance | HandshakeRejection =>
    refusal === undefined ? negotiate(handshake, request, options) : rejectionOf(refusal, options)
  const controller = new AbortController()
  const asked = ask(request, controller.signal, options)
  if ('rejection' in asked) return answer(asked.rejection, head)
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

type Decision = ReturnType<ResolvedUpgradeOptions['authorize']>

function ask(
  request: UpgradeRequest,
  signal: AbortSignal,
  { allowedHosts, allowedOrigins, authorize, log }: ResolvedUpgradeOptions,
): { decision: Decision } | { rejection: HandshakeRejection } {
  try {
    if (!isHostAllowed(request.host, allowedHosts)) {
      return { rejection: { status: 421, reason: 'host not allowed' } }
    }
    if (!isOriginAllowed(request, allowedOrigins)) {
      if (request.origin !== undefined) log.refusedOrigin(request.origin)
      return { rejection: { status: 403, reason: 'origin not allowed' } }
    }
    return { decision: authorize(request, signal) }
  } catch (error) {
    log.failed('a hook of the websocket handshake threw', error)
    return { rejection: serverFailed }
  }
}

/** Whatever a hook without types returns is a refusal, unless it is nothing. */
function rejectionOf(refusal: Refusal, { log }: ResolvedUpgradeOptions): HandshakeRejection {
  const fault = findRefusalFault(refusal)
  if (fault === undefined) return refusal
  log.failed(`\`authorize\` returned a refusal that cannot be sent: ${fault}`)
  return serverFailed
}
