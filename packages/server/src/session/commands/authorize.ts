// Authorization as commands ask for it: a refusal is a failure to answer with.
import type { Authorization } from '../../routing/authorizer.ts'
import type { Route } from '../../routing/channel-router.ts'
import { fail, type Failure } from '../outcome.ts'
import type { OpenSession } from '../session-context.ts'

/** Turns a verdict into a failure; `undefined` if the session may go on. */
export function refusal(verdict: Authorization): Failure | undefined {
  if (verdict === 'allowed') return undefined
  return fail(verdict === 'failed' ? 'internal' : 'forbidden')
}

/** For everything that needs access to a room. A session that is subscribed has it; any other one is asked about. */
export function refuseRoom(
  session: OpenSession,
  route: Route,
): Failure | undefined | Promise<Failure | undefined> {
  if (session.subscriptions.has(route.room)) return undefined
  const verdict = session.services.authorizer.canSubscribe(session.info, route)
  return typeof verdict === 'string' ? refusal(verdict) : verdict.then(refusal)
}

/** For what clients send to everyone in a room: no more than it takes. */
export function refuseRate({ services }: OpenSession, { room }: Route): Failure | undefined {
  const retryAfterMs = services.rates.rooms.take(room, services.clock.monotonic())
  return retryAfterMs > 0 ? fail('rateLimited', { retryAfterMs }) : undefined
}
