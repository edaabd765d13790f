// The sessions of this instance.
import type { CloseCodeName } from '@roomcast/protocol/wire'
import type { SessionInfo } from '../routing/handlers.ts'

/** A session as the registry sees it. */
export interface RegisteredSession {
  readonly info: SessionInfo | undefined
  /** Ends the connection; the reason is the code's name. */
  disconnect(name: CloseCodeName): void
  /** Ends the connection with any code. */
  disconnectWith(code: number, reason: string): void
}

/** Finds sessions; a client has at most one. */
export class SessionRegistry {
  readonly #all = new Set<RegisteredSession>()
  readonly #byClient = new Map<string, RegisteredSession>()

  get size(): number {
    return this.#all.size
  }

  /** Every session, also those that have not connected yet. */
  all(): Iterable<RegisteredSession> {
    return this.#all
  }

  opened(session: RegisteredSession): void {
    this.#all.add(session)
  }

  /** Registers the session of a client and returns the one that it replaces. */
  connected(clientId: string, session: RegisteredSession): RegisteredSession | undefined {
    const before = this.#byClient.get(clientId)
    this.#byClient.set(clientId, session)
    return before === session ? undefined : before
  }

  closed(session: RegisteredSession): void {
    this.#all.delete(session)
    const clientId = session.info?.clientId
    if (clientId !== undefined && this.#byClient.get(clientId) === session) this.#byClient.delete(clientId)
  }
}
