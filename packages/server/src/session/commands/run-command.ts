// Which handler runs a command, and which commands wait for each other.
import type { AnsweredCommand, Command, CommandOf } from '@roomcast/protocol/wire'
import type { Route } from '../../routing/channel-router.ts'
import { fail, NOTHING, succeed, type CommandOutcome } from '../outcome.ts'
import type { LaneName, OpenSession } from '../session-context.ts'
import { call } from './call.ts'
import { presenceEnter, presenceLeave, presenceUnwatch, presenceUpdate, presenceWatch } from './presence.ts'
import { publish } from './publish.ts'
import { signal } from './signal.ts'
import { subscribe, unsubscribe } from './subscribe.ts'

/** What came of a command; nothing where no answer is due or the handler has answered itself. */
export type Ending = CommandOutcome<AnsweredCommand['type']> | undefined

type RoomCommand = Extract<Command, { readonly room: string }>

interface RoomCommandHandler<Type extends RoomCommand['type']> {
  /**
   * Commands of one lane for one room run in the order in which they were sent, so that one who subscribes and then
   * publishes gets what it published. Others run side by side.
   */
  readonly lane?: LaneName
  readonly run: (session: OpenSession, route: Route, command: CommandOf<Type>) => Ending | Promise<Ending>
}

const HANDLERS: { readonly [Type in RoomCommand['type']]: RoomCommandHandler<Type> } = {
  subscribe: { lane: 'stream', run: subscribe },
  unsubscribe: { lane: 'stream', run: unsubscribe },
  publish: { lane: 'stream', run: publish },
  signal: { run: signal },
  call: { run: call },
  presenceEnter: { lane: 'presence', run: presenceEnter },
  presenceUpdate: { lane: 'presence', run: presenceUpdate },
  presenceLeave: { lane: 'presence', run: presenceLeave },
  presenceWatch: { lane: 'presence', run: presenceWatch },
  presenceUnwatch: { lane: 'presence', run: presenceUnwatch },
}

/** Runs a command of an open session. What can be done at once is, and is answered or thrown at once. */
export function runCommand(
  session: OpenSession,
  command: Exclude<Command, CommandOf<'connect'>>,
): Ending | Promise<Ending> {
  if (command.type === 'ping') return succeed<'ping'>(NOTHING)
  const { room } = command
  const route = session.services.router.route(room)
  if (!route) return fail('unknownRoom')
  // The table pairs each type with its handler, which the compiler cannot follow through a union.
  const { lane, run } = HANDLERS[command.type] as RoomCommandHandler<RoomCommand['type']>
  if (!lane) return run(session, route, command)
  const queue = session.lane(lane)
  if (queue.isIdle(room)) return queue.hold(room, run(session, route, command))
  // What waited in a lane until the session was over is not begun: its client will ask again, or may no longer ask.
  return queue.run(room, () => (session.isClosed ? undefined : run(session, route, command)))
}
