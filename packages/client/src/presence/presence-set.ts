// Who is in a room: a snapshot, then diffs. Diffs that arrive before their snapshot wait for it.
import type { Member, PresencePosition, PresencePush, PresenceResult } from '@roomcast/protocol/wire'

/** One change, with the member as it is now, or as it was when it left. */
export interface MemberChange<M = Member> {
  readonly kind: 'enter' | 'update' | 'leave'
  readonly member: M
}

/** The members of one room, by `clientId`. */
export class PresenceSet {
  readonly #members = new Map<string, Member>()
  /** `undefined` while a snapshot is awaited. */
  #position: PresencePosition | undefined
  #held: PresencePush[] = []
  #list: readonly Member[] | undefined

  /** The same array as long as nothing changes. */
  get members(): readonly Member[] {
    return (this.#list ??= [...this.#members.values()])
  }

  /** A snapshot is on its way. The members stay as they are until it comes. */
  await(): void {
    this.#position = undefined
    this.#held = []
  }

  /** Takes a snapshot. Returns how it differs from what was known; `undefined` if the diffs behind it do not fit. */
  reset({ members, position }: PresenceResult): readonly MemberChange[] | undefined {
    const gone = new Set(this.#members.keys())
    for (const { clientId } of members) gone.delete(clientId)
    const changes: MemberChange[] = []
    for (const clientId of gone) this.#remove(clientId, changes)
    for (const member of members) this.#set(member, changes)
    this.#position = position
    for (const push of this.#held.splice(0)) {
      // A diff that waited may still belong to the stream before this snapshot.
      if (push.position.epoch === position.epoch && !this.apply(push, changes)) return undefined
    }
    return changes
  }

  /** Takes a diff. Returns what it changed; `undefined` if diffs before it are missing. */
  apply(push: PresencePush, changes: MemberChange[] = []): readonly MemberChange[] | undefined {
    const { change, position } = push
    const last = this.#position
    if (!last) {
      this.#held.push(push)
      return changes
    }
    if (position.epoch !== last.epoch || position.offset > last.offset + 1) return undefined
    if (position.offset <= last.offset) return changes
    this.#position = position
    if (change.kind === 'leave') this.#remove(change.clientId, changes)
    else this.#set(change.member, changes)
    return changes
  }

  /** Forgets everybody, without a change for each. */
  clear(): void {
    this.await()
    this.#members.clear()
    this.#list = undefined
  }

  #set(member: Member, changes: MemberChange[]): void {
    const known = this.#members.get(member.clientId)
    // Equal texts are equal data; where only the order of keys differs, one update too many does no harm.
    if (known && JSON.stringify(known.data) === JSON.stringify(member.data)) return
    this.#members.set(member.clientId, member)
    this.#list = undefined
    changes.push({ kind: known ? 'update' : 'enter', member })
  }

  #remove(clientId: string, changes: MemberChange[]): void {
    const member = this.#members.get(clientId)
    if (!member) return
    this.#members.delete(clientId)
    this.#list = undefined
    changes.push({ kind: 'leave', member })
  }
}
