// One room's stream, shared by all of its leases: subscribed on each connection, whole, and free of duplicates.
import { shouldResubscribe, type RoomcastError, type UNSUBSCRIBE_CODES } from '@roomcast/protocol/wire'
import type {
  ErrorCode,
  Position,
  PublicationPush,
  ResetPush,
  SignalPush,
  UnsubscribedPush,
} from '@roomcast/protocol/wire'
import { clientError } from '../errors.ts'
import { Emitter, type Report } from '../events/emitter.ts'
import type { LeaseOptions } from '../request/lease-set.ts'
import { SharedRequest, type SharedRequestContext } from '../request/shared-request.ts'
import { PositionTracker } from './position-tracker.ts'
import { RecentIds } from './recent-ids.ts'
import type { Publication, Signal, SubscriptionEvents } from './room-events.ts'

/** `subscribing` lasts from the first lease until the server has answered, and again after each lost connection. */
export type SubscriptionState = 'unsubscribed' | 'subscribing' | 'subscribed'

/** How to subscribe. `rewind` and `recover` count for the lease that begins a subscription, not for those that join. */
export interface SubscribeOptions extends LeaseOptions {
  /** How many of the latest publications to receive first. @default 0 */
  readonly rewind?: number
  /** Receive first what was published after this position, such as that of a page rendered on a server. */
  readonly recover?: Position
}

/** A need for a room's stream. The stream goes on until the last lease is released. */
export interface Lease {
  /** The place of the last publication that was surfaced. */
  readonly position: Position
  /** Whether the subscription continues where `recover` or a lost connection left off; `undefined` if it began anew. */
  readonly recovered: boolean | undefined
  /** Gives the lease back. Safe to call more than once. */
  release(): void
}

/** What a subscription needs from its client. */
export interface SubscriptionContext extends SharedRequestContext {
  readonly report: Report
  readonly dedupeIds: number
}

/** The subscription of one room. */
export class RoomSubscription {
  /** The application's own events and signals, by name. */
  readonly items: Emitter<Readonly<Record<string, Publication | Signal>>>
  readonly events: Emitter<SubscriptionEvents>
  readonly #request: SharedRequest<'subscribe'>
  #start: SubscribeOptions = {}
  #stream = new PositionTracker()
  #surfaced: RecentIds
  #outcome: { readonly recovered?: boolean | undefined; readonly error?: RoomcastError | undefined } = {}

  constructor(room: string, context: SubscriptionContext) {
    this.items = new Emitter(context.report)
    this.events = new Emitter(context.report)
    this.#surfaced = new RecentIds(context.dedupeIds)
    this.#request = new SharedRequest(context, {
      withdrawal: { type: 'unsubscribe', room },
      ask: () => {
        const { rewind, recover } = this.#start
        return { type: 'subscribe', room, rewind, recover: this.#stream.position ?? recover }
      },
      granted: ({ position, recovered, reason = 'expired' }) => {
        this.#outcome = { recovered }
        if (recovered === false) this.#gap({ position, reason })
        else this.#stream.position = position
      },
      ended: (error) => {
        this.#outcome = { error }
        // The next subscription is another one: it may ask for what this one has surfaced already.
        this.#stream = new PositionTracker()
        this.#surfaced = new RecentIds(context.dedupeIds)
        if (error) this.events.emit('end', error)
      },
    })
  }

  get state(): SubscriptionState {
    if (this.#request.isGranted) return 'subscribed'
    return this.#request.isActive ? 'subscribing' : 'unsubscribed'
  }

  /** Why the server refused or ended the last subscription. */
  get error(): RoomcastError | undefined {
    return this.#outcome.error
  }

  /** Whether nobody uses it, so that it may be forgotten. */
  get isIdle(): boolean {
    return !this.#request.isActive && !this.items.has() && !this.events.has()
  }

  /** @throws {RoomcastError} what the server refused with; `disconnected` or `closed` if the client stops. */
  async lease(options: SubscribeOptions): Promise<Lease> {
    if (!this.#request.isActive) this.#start = options
    const release = await this.#request.lease(options)
    const stream = this.#stream
    return {
      release,
      recovered: this.#outcome.recovered,
      get position() {
        return stream.position!
      },
    }
  }

  /** A new connection is open. */
  opened(): void {
    this.#request.opened()
  }

  /** The connection is gone; `final` says why if the client will not make another one by itself. */
  closed(final: RoomcastError | undefined): void {
    this.#request.closed(final)
    if (final) this.events.emit('end', final)
  }

  receive(push: PublicationPush | SignalPush | ResetPush | UnsubscribedPush): void {
    // What arrives before the answer belongs to an earlier subscription, whose end was on its way.
    if (!this.#request.isGranted) return
    switch (push.type) {
      case 'publication':
        return this.#publication(push)
      case 'signal':
        return this.items.emit(push.signal, { signal: push.signal, data: push.data, from: push.from })
      case 'reset':
        return this.#gap(push)
      case 'unsubscribed':
        return this.#request.revoked(unsubscribedError(push))
    }
  }

  #publication({ id, event, data, offset, tag, from, time }: PublicationPush): void {
    const fit = this.#stream.advance(offset, tag)
    if (fit === 'broken') this.#request.renew()
    if (fit !== 'next' || !this.#surfaced.add(`${from?.userId} ${id}`)) return
    const publication: Publication = { id, event, data, offset, from, time }
    this.events.emit('publication', publication)
    this.items.emit(event, publication)
  }

  #gap({ position, reason }: Pick<ResetPush, 'position' | 'reason'>): void {
    this.#stream.position = position
    this.events.emit('gap', { position, reason })
  }
}

/** Written out so that the table of all codes stays out of the bundle; the compiler compares. */
const FORBIDDEN: typeof UNSUBSCRIBE_CODES.forbidden = 2501

function unsubscribedError({ code, reason }: UnsubscribedPush): RoomcastError {
  const errorCode: ErrorCode = code === FORBIDDEN ? 'forbidden' : 'notSubscribed'
  return clientError(errorCode, `Unsubscribed: ${code} ${reason}`, {
    temporary: shouldResubscribe(code),
    data: { unsubscribeCode: code, reason },
  })
}
