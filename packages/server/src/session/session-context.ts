// A session as its commands see it, so that session.ts may know the commands.
import type {
  CloseCodeName,
  Position,
  Publisher,
  ServerMessage,
  UnsubscribeCodeName,
} from '@roomcast/protocol/wire'
import type { SharedMessage } from '../hub/shared-message.ts'
import type { Watcher } from '../hub/subscriber.ts'
import type { SessionInfo } from '../routing/handlers.ts'
import type { KeyedQueue } from '../util/keyed-queue.ts'
import type { SessionServices } from './services.ts'
import type { Subscription, SubscriptionOwner } from './subscription.ts'

/** What commands that must not overlap have to do with. */
export type LaneName = 'stream' | 'presence'

/** One client and what it holds. */
export interface SessionContext extends SubscriptionOwner, Watcher {
  readonly services: SessionServices
  /** Who the client is; `undefined` until it has connected. */
  readonly info: SessionInfo | undefined
  /** Whether the session has ended or is about to: nothing more may be done for it. */
  readonly isClosed: boolean
  /** The rooms that this session receives, by name. */
  readonly subscriptions: Map<string, Subscription>
  /** The rooms whose presence this session watches. */
  readonly watches: Set<string>
  /** The rooms that the client has entered. */
  readonly entries: Set<string>
  /** Keeps commands that must not overtake each other in order, by room. */
  lane(name: LaneName): KeyedQueue
  /** Sends a message that others may be sent too. */
  send(message: SharedMessage): void
  /** Sends a message that is for this session only. */
  sendOwn(message: ServerMessage): void
  /** Has a subscription that is up to date sent what is published after `at`. Call it in the turn in which it was sent the rest. */
  goLive(subscription: Subscription, at: Position): void
  /** Ends the subscription to a room and tells the client why. */
  unsubscribe(room: string, name: UnsubscribeCodeName): void
  /** Ends the subscription to a room, if there is one. */
  endSubscription(room: string): void
  /** Ends everything that the session holds in a room: it may no longer be there. */
  evict(room: string): void
  /** Removes the client's entry from a room after a grace, unless a later session of the client has taken it over. */
  releaseEntry(room: string, graceMs: number): void
  /** Ends the connection; the reason is the code's name. */
  disconnect(name: CloseCodeName): void
}

/** A session whose client has connected: what every command but `connect` is given. */
export interface OpenSession extends SessionContext {
  readonly info: SessionInfo
  /** The client as others see it on what it publishes: one object for all of that. */
  readonly publisher: Publisher
}
