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
  #snapshot: readonly Member[] = []

  /** The same array as long as nothing changes. */
  get members(): readonly Member[] {
    return this.#snapshot
  }

  /** A snapshot is on its way. The members stay as they are until it comes. */
  await(): void {
    this.#position = undefined
    this.#held = []
  }

  /** Takes a snapshot. Returns how it differs from what was known; `undefined` if the diffs behind it do not fit. */
  reset({ members, position }: PresenceResult): readonly MemberChange[] | undefined {
    const present = new Set(members.map(({ clientId }) => clientId))
    const gone = [...this.#members.keys()].filter((clientId) => !present.has(clientId))
    const changes = [
      ...gone.flatMap((clientId) => this.#set(clientId, undefined)),
      ...members.flatMap((member) => this.#set(member.clientId, member)),
    ]
    this.#position = position
    this.#publish(changes)
    const held = this.#held
    this.#held = []
    for (const push of held) {
      // A diff that waited may still belong to the stream before this snapshot.
      const more = push.position.epoch === position.epoch ? this.apply(push) : []
      if (!more) return undefined
      changes.push(...more)
    }
    return changes
  }

  /** Takes a diff. Returns what it changed; `undefined` if diffs before it are missing. */
  apply(push: PresencePush): readonly MemberChange[] | undefined {
    if (!this.#position) {
      this.#held.push(push)
      return []
    }
    const { epoch, offset } = push.position
    if (epoch !== this.#position.epoch || offset > this.#position.offset + 1) return undefined
    if (offset <= this.#position.offset) return []
    this.#position = push.position
    const { change } = push
    const isLeave = change.kind === 'leave'
    const { clientId } = isLeave ? change : change.member
    return this.#publish(this.#set(clientId, isLeave ? undefined : change.member))
  }

  /** Forgets everybody, without a change for each. */
  clear(): void {
    this.await()
    this.#members.clear()
    this.#snapshot = []
  }

  /** What it means that this is now known of a client; nothing, if it was known before. */
  #set(clientId: string, member: Member | undefined): MemberChange[] {
    const known = this.#members.get(clientId)
    if (member) this.#members.set(clientId, member)
    else this.#members.delete(clientId)
    if (!known) return member ? [{ kind: 'enter', member }] : []
    if (!member) return [{ kind: 'leave', member: known }]
    // Equal texts are equal data; where only the order of keys differs, one update too many does no harm.
    return JSON.stringify(known.data) === JSON.stringify(member.data) ? [] : [{ kind: 'update', member }]
  }

  #publish(changes: MemberChange[]): MemberChange[] {
    if (changes.length > 0) this.#snapshot = [...this.#members.values()]
    return changes
  }
}
