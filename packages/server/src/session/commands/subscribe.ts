// subscribe and unsubscribe: the race-free way into a room's stream.
import type { ChannelDescriptor, CommandOf, SubscribeResult } from '@roomcast/protocol/wire'
import type { StreamSlice } from '../../broker/broker.ts'
import { publicationPush } from '../../hub/pushes.ts'
import type { Route } from '../../routing/channel-router.ts'
import { fail, NOTHING, succeed, type CommandOutcome, type Failure } from '../outcome.ts'
import { continueSlice } from '../recovery.ts'
import { firstPage } from '../replay.ts'
import type { OpenSession } from '../session-context.ts'
import { Subscription } from '../subscription.ts'
import { refusal } from './authorize.ts'

/**
 * In this order, so that nothing can fall between history and live: buffer → register in the hub → broker acknowledged →
 * read history → merge → reply and replay → release the buffer. A room that is subscribed already begins anew, which is
 * how a client heals a hole.
 */
export async function subscribe(
  session: OpenSession,
  route: Route,
  command: CommandOf<'subscribe'>,
): Promise<Failure | undefined> {
  const { room } = route
  const { authorizer, hub, limits } = session.services
  const refused = refusal(await authorizer.canSubscribe(session.info, route))
  if (refused) {
    session.evict(room)
    return refused
  }
  if (!session.subscriptions.has(room) && session.subscriptions.size >= limits.maxSubscriptions) {
    return fail('limitExceeded', {
      message: `A session may subscribe to at most ${limits.maxSubscriptions} rooms.`,
    })
  }
  if (session.isClosed) return undefined

  session.endSubscription(room)
  const subscription = new Subscription(room, session)
  session.subscriptions.set(room, subscription)
  try {
    await hub.join(room, subscription)
    const slice = await readMissed(session, route, command)
    if (subscription.hasEnded) return undefined
    return begin(session, route, command, subscription, slice)
  } catch (error) {
    if (session.subscriptions.get(room) === subscription) session.endSubscription(room)
    throw error
  }
}

async function readMissed(
  session: OpenSession,
  route: Route,
  command: CommandOf<'subscribe'>,
): Promise<StreamSlice> {
  const { broker, limits } = session.services
  const retention = route.definition.history ?? null
  const last = Math.min(command.rewind ?? 0, limits.maxRewind)
  if (!command.recover) return broker.read(route.room, { last }, retention)
  const slice = await broker.read(route.room, { since: command.recover }, retention)
  if (!slice.unrecovered || last === 0) return slice
  return { ...(await broker.read(route.room, { last }, retention)), unrecovered: slice.unrecovered }
}

/** Everything from the merge on happens in one turn, so that no publication can come between. */
function begin(
  session: OpenSession,
  route: Route,
  command: CommandOf<'subscribe'>,
  subscription: Subscription,
  slice: StreamSlice,
): Failure | undefined {
  const live = subscription.arrived && continueSlice(slice, subscription.arrived)
  if (!live) {
    session.endSubscription(route.room)
    return fail('unavailable', {
      message: 'Some publications were missed while history was read; try again.',
    })
  }
  const page = firstPage(slice.items, session.services.limits.maxReplayBytes)
  const result: SubscribeResult = {
    position: slice.base,
    replay: page.length,
    ...(command.recover && { recovered: !slice.unrecovered }),
    ...(slice.unrecovered && { reason: slice.unrecovered }),
    channel: describeChannel(route),
  }
  session.sendOwn({ type: 'reply', id: command.id, result })
  for (const publication of page) session.send(publicationPush(route.room, publication))
  if (page.length < slice.items.length) {
    session.unsubscribe(route.room, 'moreToReplay')
    return undefined
  }
  for (const { message } of live) session.send(message)
  session.goLive(subscription, live.at(-1)?.at ?? slice.top)
  session.services.hooks.subscribed(session.info, route)
  return undefined
}

function describeChannel({ definition }: Route): ChannelDescriptor {
  return { history: definition.history ?? null, presence: definition.presence !== undefined }
}

/** Ends a subscription; a room that is not subscribed is no mistake, since the two may have crossed. */
export async function unsubscribe(
  session: OpenSession,
  route: Route,
): Promise<CommandOutcome<'unsubscribe'>> {
  session.endSubscription(route.room)
  return succeed<'unsubscribe'>(NOTHING)
}
