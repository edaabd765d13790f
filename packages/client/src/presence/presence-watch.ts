// The members of one room, watched as long as somebody holds a lease.
import type { Member, PresencePush, RoomcastError } from '@roomcast/protocol/wire'
import { Emitter } from '../events/emitter.ts'
import { SharedRequest } from '../request/shared-request.ts'
import type { LeaseOptions } from '../request/lease-set.ts'
import type { SubscriptionContext } from '../subscription/room-subscription.ts'
import { PresenceSet, type MemberChange } from './presence-set.ts'

/** What happens to the members of a room. `change` comes with each of the others. */
export interface PresenceEvents<M = Member> {
  change: MemberChange<M>
  enter: M
  update: M
  leave: M
}

/** A need to know who is in a room. */
export interface PresenceLease {
  /** Gives the lease back. Safe to call more than once. */
  release(): void
}

/** The watch of one room. */
export class PresenceWatch {
  readonly events: Emitter<PresenceEvents>
  readonly #changed: () => void
  readonly #members = new PresenceSet()
  readonly #request: SharedRequest<'presenceWatch'>

  constructor(room: string, context: SubscriptionContext) {
    this.events = new Emitter(context.report)
    this.#request = new SharedRequest(context, {
      withdrawal: { type: 'presenceUnwatch', room },
      ask: () => {
        this.#members.await()
        return { type: 'presenceWatch', room }
      },
      granted: (result) => this.#tell(this.#members.reset(result)),
      ended: () => this.#members.clear(),
    })
    this.#changed = context.changed
  }

  get members(): readonly Member[] {
    return this.#members.members
  }

  /** Whether nobody uses it, so that it may be forgotten. */
  get isIdle(): boolean {
    return !this.#request.isActive && !this.events.has()
  }

  /** Resolves when the members are known. */
  async lease(options: LeaseOptions): Promise<PresenceLease> {
    return { release: await this.#request.lease(options) }
  }

  /** A new connection is open. */
  opened(): void {
    this.#request.opened()
  }

  /** The connection is gone. The members stay as they were last known. */
  closed(final: RoomcastError | undefined): void {
    this.#request.closed(final)
  }

  receive(push: PresencePush): void {
    if (this.#request.isActive) this.#tell(this.#members.apply(push))
  }

  /** A diff is missing: only a new snapshot can tell who is there. */
  #tell(changes: readonly MemberChange[] | undefined): void {
    if (!changes) return this.#request.renew()
    if (changes.length > 0) this.#changed()
    for (const change of changes) {
      this.events.emit('change', change)
      this.events.emit(change.kind, change.member)
    }
  }
}
