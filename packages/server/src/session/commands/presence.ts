// presenceEnter, presenceUpdate, presenceLeave, presenceWatch, presenceUnwatch.
import type { CommandOf } from '@roomcast/protocol/wire'
import type { PresenceEntry } from '../../presence/presence-store.ts'
import type { Route } from '../../routing/channel-router.ts'
import { parseData } from '../../routing/parse-data.ts'
import { fail, NOTHING, succeed, type CommandOutcome, type Failure } from '../outcome.ts'
import type { OpenSession } from '../session-context.ts'
import { refuseRoom } from './authorize.ts'

/** Enters the room, or replaces the data of the entry. */
export async function presenceEnter(
  session: OpenSession,
  route: Route,
  command: CommandOf<'presenceEnter'>,
): Promise<CommandOutcome<'presenceEnter'>> {
  const { room } = route
  const { limits, presence } = session.services
  const entry = await judgeEntry(session, route, command.data)
  if ('ok' in entry) return entry
  if (!session.entries.has(room) && session.entries.size >= limits.maxSubscriptions) {
    return fail('limitExceeded', { message: `A session may enter at most ${limits.maxSubscriptions} rooms.` })
  }
  session.entries.add(room)
  await presence.put(room, entry, session.info.id)
  // The connection may have ended meanwhile, when there was nothing to remove yet.
  if (session.isClosed) session.releaseEntry(room, session.services.presenceGraceMs)
  return succeed<'presenceEnter'>(NOTHING)
}

/** Replaces the data of an entry that is there. */
export async function presenceUpdate(
  session: OpenSession,
  route: Route,
  command: CommandOf<'presenceUpdate'>,
): Promise<CommandOutcome<'presenceUpdate'>> {
  const entry = await judgeEntry(session, route, command.data)
  if ('ok' in entry) return entry
  if (!session.entries.has(route.room)) return fail('notEntered')
  const isThere = await session.services.presence.update(route.room, entry, session.info.id)
  return isThere ? succeed<'presenceUpdate'>(NOTHING) : fail('notEntered')
}

/** Leaves at once, without a grace; not being there is no mistake. Who may enter may leave, so nobody is asked. */
export async function presenceLeave(
  session: OpenSession,
  route: Route,
): Promise<CommandOutcome<'presenceLeave'>> {
  // Whoever owns the entry: an earlier session of this client may still do, whose grace has not ended.
  await session.services.presence.remove(route.room, session.info.clientId)
  session.entries.delete(route.room)
  return succeed<'presenceLeave'>(NOTHING)
}

/** Changes are delivered from before the snapshot is taken, so that none falls between; the client sorts them by position. */
export async function presenceWatch(
  session: OpenSession,
  route: Route,
): Promise<CommandOutcome<'presenceWatch'>> {
  const { room, definition } = route
  const { hub, limits, presence } = session.services
  if (!definition.presence) return fail('notSupported')
  const refused = await refuseRoom(session, route)
  if (refused) return refused
  if (!session.watches.has(room)) {
    if (session.watches.size >= limits.maxSubscriptions) {
      return fail('limitExceeded', {
        message: `A session may watch at most ${limits.maxSubscriptions} rooms.`,
      })
    }
    if (session.isClosed) return fail('unavailable')
    session.watches.add(room)
    try {
      await hub.watch(room, session)
    } catch (error) {
      if (session.watches.delete(room)) hub.unwatch(room, session)
      throw error
    }
  }
  return succeed<'presenceWatch'>(await presence.snapshot(room))
}

/** Ends `presenceWatch`; not watching is no mistake. */
export async function presenceUnwatch(
  session: OpenSession,
  route: Route,
): Promise<CommandOutcome<'presenceUnwatch'>> {
  if (session.watches.delete(route.room)) session.services.hub.unwatch(route.room, session)
  return succeed<'presenceUnwatch'>(NOTHING)
}

async function judgeEntry(
  session: OpenSession,
  route: Route,
  data: unknown,
): Promise<PresenceEntry | Failure> {
  const schema = route.definition.presence
  if (!schema) return fail('notSupported')
  const parsed = parseData(schema, data)
  if (!parsed.ok) return fail('invalidData', { data: { issues: parsed.issues } })
  const { maxPresenceDataLength } = session.services.limits
  if (parsed.json.length > maxPresenceDataLength) {
    return fail('limitExceeded', {
      message: `The data of a presence entry may have at most ${maxPresenceDataLength} characters of JSON.`,
    })
  }
  const refused = await refuseRoom(session, route)
  if (refused) return refused
  // A later session of the client may hold the entry by now.
  if (session.isClosed) return fail('unavailable')
  const { clientId, userId } = session.info
  return { clientId, userId, json: parsed.json }
}
