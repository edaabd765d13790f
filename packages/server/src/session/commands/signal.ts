// signal: validated, authorized, sent on. Nothing is answered, so what is refused is dropped.
import type { CommandOf } from '@roomcast/protocol/wire'
import type { Route } from '../../routing/channel-router.ts'
import { parseData } from '../../routing/parse-data.ts'
import { ownValue } from '../../util/own-value.ts'
import type { OpenSession } from '../session-context.ts'
import { refuseRate } from './authorize.ts'

/** Resolves to nothing: a signal has no answer. */
export async function signal(
  session: OpenSession,
  route: Route,
  command: CommandOf<'signal'>,
): Promise<undefined> {
  const { authorizer, broker } = session.services
  const schema = ownValue(route.definition.signals, command.signal)
  if (!authorizer.hasPublishPolicy(route, command.signal)) return undefined
  if (refuseRate(session, route)) return undefined
  const parsed = schema && parseData(schema, command.data)
  if (!parsed?.ok) return undefined
  const verdict = await authorizer.canPublish(session.info, route, command.signal, parsed.value)
  if (verdict !== 'allowed' || session.isClosed) return undefined
  await broker.signal(route.room, { signal: command.signal, from: session.publisher, json: parsed.json })
  return undefined
}
