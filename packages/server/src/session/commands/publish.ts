// publish: validated, authorized, appended.
import { RoomcastError, type CommandOf } from '@roomcast/protocol/wire'
import type { Published } from '../../broker/broker.ts'
import type { Authorization, TransformedData } from '../../routing/authorizer.ts'
import type { Route } from '../../routing/channel-router.ts'
import { parseData } from '../../routing/parse-data.ts'
import { ownValue } from '../../util/own-value.ts'
import { fail, succeed, type CommandOutcome } from '../outcome.ts'
import type { OpenSession } from '../session-context.ts'
import { refusal, refuseRate } from './authorize.ts'

type Outcome = CommandOutcome<'publish'>

/**
 * Data is judged before permission, so that an authorization function never sees what the contract does not allow; but
 * where nobody may publish nothing is judged at all, since judging large data takes time.
 *
 * Answers at once if the application and the broker do: a promise for each publish would cost as much as its validation.
 */
export function publish(
  session: OpenSession,
  route: Route,
  command: CommandOf<'publish'>,
): Outcome | Promise<Outcome> {
  const { authorizer } = session.services
  const schema = ownValue(route.definition.events, command.event)
  if (!schema) return fail('unknownEvent')
  if (!authorizer.hasPublishPolicy(route, command.event)) return fail('forbidden')
  const refused = refuseRate(session, route)
  if (refused) return refused
  const parsed = parseData(schema, command.data)
  if (!parsed.ok) return fail('invalidData', { data: { issues: parsed.issues } })
  const verdict = authorizer.canPublish(session.info, route, command.event, parsed.value)
  return typeof verdict === 'string'
    ? transform(session, route, command, parsed, verdict)
    : Promise.resolve(verdict).then((later) => transform(session, route, command, parsed, later))
}

/** Has the application change what it has allowed, where it wants to. */
function transform(
  session: OpenSession,
  route: Route,
  command: CommandOf<'publish'>,
  content: TransformedData,
  verdict: Authorization,
): Outcome | Promise<Outcome> {
  const refused = refusal(verdict)
  if (refused) return refused
  const changed = session.services.authorizer.transform(session.info, route, command.event, content.value)
  if (changed === undefined) return append(session, route, command, content)
  return changed instanceof Promise
    ? changed.then((later) => append(session, route, command, later))
    : append(session, route, command, changed)
}

function append(
  session: OpenSession,
  route: Route,
  command: CommandOf<'publish'>,
  { value, json }: TransformedData,
): Outcome | Promise<Outcome> {
  if (session.isClosed) return fail('unavailable')
  const { broker, announcement } = session.services
  const draft = { id: command.publishId, event: command.event, from: session.publisher, json }
  const retention = route.definition.history ?? null
  const { dedupeWindowMs } = announcement
  const done = ({ position, duplicate }: Published): Outcome => {
    if (!duplicate) {
      session.services.hooks.published(session.info, route, { event: command.event, data: value, position })
    }
    return succeed<'publish'>({ position })
  }
  try {
    const published = broker.publish(route.room, draft, { retention, dedupeWindowMs })
    return 'position' in published ? done(published) : Promise.resolve(published).then(done, explain)
  } catch (error) {
    return explain(error)
  }
}

function explain(cause: unknown): never {
  if (cause instanceof RoomcastError) throw cause
  // A broker that fails in a way of its own may have failed after it had published.
  throw new RoomcastError('internal', 'the broker failed', { outcome: 'unknown', cause })
}
