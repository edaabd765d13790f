// publish: validated, authorized, appended.
import { RoomcastError, type CommandOf } from '@roomcast/protocol/wire'
import type { Route } from '../../routing/channel-router.ts'
import { parseData } from '../../routing/parse-data.ts'
import { ownValue } from '../../util/own-value.ts'
import { fail, succeed, type CommandOutcome } from '../outcome.ts'
import type { OpenSession } from '../session-context.ts'
import { refusal } from './authorize.ts'

/**
 * Data is judged before permission, so that an authorization function never sees what the contract does not allow; but
 * where nobody may publish nothing is judged at all, since judging large data takes time.
 */
export async function publish(
  session: OpenSession,
  route: Route,
  command: CommandOf<'publish'>,
): Promise<CommandOutcome<'publish'>> {
  const { authorizer, broker, announcement } = session.services
  const schema = ownValue(route.definition.events, command.event)
  if (!schema) return fail('unknownEvent')
  if (!authorizer.hasPublishPolicy(route, command.event)) return fail('forbidden')
  const parsed = parseData(schema, command.data)
  if (!parsed.ok) return fail('invalidData', { data: { issues: parsed.issues } })
  const { userId, clientId } = session.info
  const refused = refusal(await authorizer.canPublish(session.info, route, command.event, parsed.value))
  if (refused) return refused
  if (session.isClosed) return fail('unavailable')
  const draft = { id: command.publishId, event: command.event, from: { userId, clientId }, json: parsed.json }
  try {
    const { position } = await broker.publish(route.room, draft, {
      retention: route.definition.history ?? null,
      dedupeWindowMs: announcement.dedupeWindowMs,
    })
    return succeed<'publish'>({ position })
  } catch (cause) {
    if (cause instanceof RoomcastError) throw cause
    // A broker that fails in a way of its own may have failed after it had published.
    throw new RoomcastError('internal', 'the broker failed', { outcome: 'unknown', cause })
  }
}
