// The sessions of this instance.
import type { CloseCodeName, UnsubscribeCodeName } from '@roomcast/protocol/wire'
import type { SessionFilter } from '../control/control-bus.ts'
import type { SessionInfo } from '../routing/handlers.ts'
import { Roster } from '../util/roster.ts'

/** A session as the registry sees it. */
export interface RegisteredSession {
  /** The registry's own note; see `Roster`. */
  seat: number
  readonly info: SessionInfo | undefined
  /** Whether it is over, or about to be. */
  readonly isClosed: boolean
  /** The names of the rooms that it is subscribed to. */
  readonly rooms: readonly string[]
  /** Whether it has a subscription to a room. */
  isIn(room: string): boolean
  /** Ends everything that it holds in a room and tells the client why. False if there was nothing. */
  expel(room: string, name: UnsubscribeCodeName): boolean
  /** Ends the connection; the reason is the code's name. */
  disconnect(name: CloseCodeName): void
  /** Ends the connection with any code. */
  disconnectWith(code: number, reason: string): void
  /** Tells the client when to be back, and ends the connection. */
  sendAway(reconnectWindowMs: number): void
}

/** What maps refer to: their tables outlive their entries, and with them would live sessions (docs/decisions/0012). */
interface Entry {
  session: RegisteredSession | undefined
}

/** Finds sessions; a client has at most one that is open. */
export class SessionRegistry {
  readonly #all = new Roster<RegisteredSession>((session, seat) => {
    session.seat = seat
  })
  readonly #byId = new Map<string, Entry>()
  readonly #byClient = new Map<string, Entry>()
  readonly #byUser = new Map<string, RegisteredSession[]>()
  #onEmpty: (() => void)[] = []

  get size(): number {
    return this.#all.size
  }

  /** Every session, also those that have not connected yet. */
  all(): readonly RegisteredSession[] {
    return this.#all.all
  }

  /** The open sessions of a user. */
  ofUser(userId: string): readonly RegisteredSession[] {
    return this.#byUser.get(userId)?.slice() ?? []
  }

  /** The open sessions that fit. */
  find({ sessionId, clientId, userId, room }: SessionFilter): RegisteredSession[] {
    return this.#candidates({ sessionId, clientId, userId }).filter(
      (session) =>
        session.info !== undefined &&
        !session.isClosed &&
        (sessionId === undefined || session.info.id === sessionId) &&
        (clientId === undefined || session.info.clientId === clientId) &&
        (userId === undefined || session.info.userId === userId) &&
        (room === undefined || session.isIn(room)),
    )
  }

  opened(session: RegisteredSession): void {
    this.#all.add(session)
  }

  /** Registers the session of a client and returns the one that it replaces. To be called when it has its info. */
  connected(session: RegisteredSession): RegisteredSession | undefined {
    const { id, clientId, userId } = session.info!
    const entry = { session }
    const before = this.#byClient.get(clientId)?.session
    this.#byClient.set(clientId, entry)
    this.#byId.set(id, entry)
    const ofUser = this.#byUser.get(userId)
    if (ofUser === undefined) this.#byUser.set(userId, [session])
    else ofUser.push(session)
    return before
  }

  closed(session: RegisteredSession): void {
    this.#all.delete(session, session.seat)
    if (session.info !== undefined) this.#forget(session, session.info)
    if (this.size > 0) return
    for (const callback of this.#onEmpty.splice(0)) callback()
  }

  /** Resolves when there is no session. */
  whenEmpty(): Promise<void> {
    if (this.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#onEmpty.push(resolve))
  }

  #forget(session: RegisteredSession, { id, clientId, userId }: SessionInfo): void {
    const entry = this.#byId.get(id)
    this.#byId.delete(id)
    if (this.#byClient.get(clientId) === entry) this.#byClient.delete(clientId)
    if (entry !== undefined) entry.session = undefined
    const ofUser = this.#byUser.get(userId)
    const index = ofUser?.indexOf(session) ?? -1
    if (index >= 0) ofUser?.splice(index, 1)
    if (ofUser?.length === 0) this.#byUser.delete(userId)
  }

  /** Not many more than fit. */
  #candidates({ sessionId, clientId, userId }: SessionFilter): readonly RegisteredSession[] {
    if (sessionId !== undefined) return listOf(this.#byId.get(sessionId))
    if (clientId !== undefined) return listOf(this.#byClient.get(clientId))
    return userId === undefined ? this.all() : this.ofUser(userId)
  }
}

const listOf = (entry: Entry | undefined): readonly RegisteredSession[] =>
  entry?.session === undefined ? [] : [entry.session]
