// Carries out on this instance what was ordered for all.
import type {
  AnswerTo,
  ControlHandler,
  ControlOrder,
  Listing,
  RoomSummary,
  SessionFilter,
  SessionSummary,
} from '../control/control-bus.ts'
import type { Hub } from '../hub/hub.ts'
import type { ChannelRouter } from '../routing/channel-router.ts'
import type { RegisteredSession, SessionRegistry } from './session-registry.ts'

/** What orders are about. */
export interface InstanceControlOptions {
  readonly registry: SessionRegistry
  readonly hub: Hub
  readonly router: ChannelRouter
}

/** See {@link ControlHandler}. */
export class InstanceControl implements ControlHandler {
  readonly #options: InstanceControlOptions

  constructor(options: InstanceControlOptions) {
    this.#options = options
  }

  carryOut<Order extends ControlOrder>(order: Order): AnswerTo<Order>
  carryOut(order: ControlOrder): AnswerTo<ControlOrder> {
    switch (order.kind) {
      case 'disconnect':
        return this.#each(order.filter, (session) => {
          session.disconnectWith(order.code, order.reason)
          return true
        })
      case 'unsubscribe':
        return this.#each(order.filter, (session) => session.expel(order.room, 'unsubscribed'))
      case 'listSessions':
        return this.#listSessions(order.filter, order.limit)
      case 'listRooms':
        return this.#listRooms(order.pattern, order.limit)
    }
  }

  /** How many there were for which `act` did something. */
  #each(filter: SessionFilter, act: (session: RegisteredSession) => boolean): number {
    return this.#options.registry.find(filter).filter(act).length
  }

  #listSessions(filter: SessionFilter, limit: number): Listing<SessionSummary> {
    const found = this.#options.registry.find(filter)
    const items = found.slice(0, limit).map(({ info, rooms }) => {
      // Only those that have their info are found.
      const { id, userId, clientId } = info!
      return { id, userId, clientId, rooms }
    })
    return { total: found.length, items }
  }

  #listRooms(pattern: string | undefined, limit: number): Listing<RoomSummary> {
    const { hub, router } = this.#options
    const items: RoomSummary[] = []
    let total = 0
    for (const [name, subscribers] of hub.rooms()) {
      const route = router.route(name)
      if (route === undefined || (pattern !== undefined && route.pattern !== pattern)) continue
      total++
      if (items.length < limit) items.push({ name, pattern: route.pattern, subscribers })
    }
    return { total, items }
  }
}
