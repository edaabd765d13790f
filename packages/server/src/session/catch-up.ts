// What a slow client is spared while it does not read, and given from history when it does.
import type { Position } from '@roomcast/protocol/wire'
import { publicationPush } from '../hub/pushes.ts'
import type { Route } from '../routing/channel-router.ts'
import { continueSlice } from './recovery.ts'
import { firstPage } from './replay.ts'
import type { OpenSession } from './session-context.ts'
import type { Subscription } from './subscription.ts'

/** So many times in a row a client may lose what has left history before it caught up; then it is not worth the work. */
const MAX_LOSSES = 3
/** After so long without one, losses are no longer in a row. */
const CALM_MS = 60_000

/** Where a subscription stopped. */
interface Laggard {
  readonly route: Route
  readonly subscription: Subscription
  /** The last publication that it was sent. */
  readonly position: Position
}

interface Losses {
  readonly count: number
  readonly atMs: number
}

/**
 * The subscriptions of one session that wait for its client.
 *
 * When more waits for the client than may, its subscriptions to rooms with history are taken out of the broadcast: what is
 * published meanwhile costs nothing and takes no memory. When the client has read what waited they are brought up to date from
 * history, a page at a time, and join the broadcast again. The client sees a stream without a gap; if history has been too short, it
 * is told so (`reset`).
 */
export class CatchUp {
  readonly #session: OpenSession
  /** In the order in which they have their turn. */
  readonly #laggards = new Map<string, Laggard>()
  readonly #losses = new Map<string, Losses>()
  #isCongested = false
  #isRunning = false

  constructor(session: OpenSession) {
    this.#session = session
  }

  /** How many subscriptions wait. */
  get size(): number {
    return this.#laggards.size
  }

  /** More waits for the client than may. */
  congested(): void {
    this.#isCongested = true
    for (const subscription of this.#session.subscriptions.values()) this.suspend(subscription)
  }

  /** The client has read most of what waited. */
  drained(): void {
    this.#isCongested = false
    void this.#run()
  }

  /** Takes a live subscription out of the broadcast if the client is behind and the room's history can bring it back. */
  suspend(subscription: Subscription): void {
    const { hub, router } = this.#session.services
    const route = router.route(subscription.room)
    if (!this.#isCongested || !subscription.isLive || !route?.definition.history) return
    const position = hub.suspend(route.room, subscription)
    if (position === undefined) return
    subscription.lag()
    this.#laggards.set(route.room, { route, subscription, position })
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#laggards.delete(next.route.room)
      try {
        await this.#advance(next)
      } catch (error) {
        this.#session.services.logger.error(
          { err: error, room: next.route.room },
          'a client could not catch up',
        )
        if (!next.subscription.hasEnded) this.#session.unsubscribe(next.route.room, 'unavailable')
      }
      // What has been sent leaves before there is more, so that what waits is known.
      await new Promise<void>((resolve) => this.#session.services.clock.defer(resolve))
    }
    this.#isRunning = false
  }

  /** Whose turn it is, if the client can be sent anything. */
  #next(): Laggard | undefined {
    const { isClosed, services, transport } = this.#session
    if (isClosed || this.#isCongested || transport.bufferedBytes > services.limits.maxOutboxBytes)
      return undefined
    const [next] = this.#laggards.values()
    return next
  }

  /** Sends one page, and has the subscription join the broadcast if that was all. */
  async #advance(laggard: Laggard): Promise<void> {
    const { route, subscription, position } = laggard
    const { broker, limits } = this.#session.services
    if (subscription.hasEnded) return
    subscription.buffer()
    const slice = await broker.read(route.room, { since: position }, route.definition.history ?? null)
    if (subscription.hasEnded || this.#session.isClosed) return
    if (slice.unrecovered && !this.#tellOfLoss(route.room, slice.top)) return
    const page = firstPage(slice.items, limits.maxReplayBytes)
    for (const publication of page) this.#session.send(publicationPush(route.room, publication))
    const live = subscription.arrived && continueSlice(slice, subscription.arrived)
    if (live && page.length === slice.items.length) {
      for (const { message } of live) this.#session.send(message)
      return this.#session.goLive(subscription, live.at(-1)?.at ?? slice.top)
    }
    subscription.lag()
    const last = page.at(-1)
    this.#laggards.set(route.room, {
      ...laggard,
      position: last ? { epoch: slice.top.epoch, offset: last.offset, tag: last.tag } : slice.top,
    })
  }

  /** Tells the client that something has left history; false if it has happened too often, and the session is over. */
  #tellOfLoss(room: string, position: Position): boolean {
    const nowMs = this.#session.services.clock.monotonic()
    const before = this.#losses.get(room)
    const count = before !== undefined && nowMs - before.atMs < CALM_MS ? before.count + 1 : 1
    this.#losses.set(room, { count, atMs: nowMs })
    if (count > MAX_LOSSES) {
      this.#session.disconnect('slowConsumer')
      return false
    }
    this.#session.sendOwn({ type: 'reset', room, position, reason: 'lagged' })
    return true
  }
}
