// Reference counts of an asynchronous resource per room: the first acquires it, the last releases it, and the two never
// overtake each other.

/** What links a room to something outside the instance. */
export interface RoomLink {
  link(room: string): Promise<void>
  unlink(room: string): Promise<void>
}

interface LinkState {
  users: number
  isLinked: boolean
  /** The operation under way, or the last one. */
  settled: Promise<void>
}

/** Keeps a room linked exactly while it has users. */
export class RoomLinks {
  readonly #link: RoomLink
  readonly #states = new Map<string, LinkState>()

  constructor(link: RoomLink) {
    this.#link = link
  }

  /** Adds a user. Resolves once the room is linked; rejects if linking failed, and still counts the user until `release`. */
  async acquire(room: string): Promise<void> {
    let state = this.#states.get(room)
    if (!state) {
      state = { users: 0, isLinked: false, settled: Promise.resolve() }
      this.#states.set(room, state)
    }
    state.users++
    await this.#reconcile(room, state)
  }

  /** Removes a user. */
  release(room: string): void {
    const state = this.#states.get(room)
    if (!state || state.users === 0) return
    state.users--
    // A failed unlink leaves the room linked; the next user finds it so, and nothing is lost.
    if (state.users === 0) this.#reconcile(room, state).catch(() => {})
  }

  #reconcile(room: string, state: LinkState): Promise<void> {
    const attempt = state.settled.then(async () => {
      const isWanted = state.users > 0
      if (isWanted === state.isLinked) return
      if (isWanted) await this.#link.link(room)
      else await this.#link.unlink(room)
      state.isLinked = isWanted
    })
    state.settled = attempt
      .catch(() => {}) // Whoever asked for this attempt is told; the next one starts afresh.
      .then(() => {
        if (state.users === 0 && !state.isLinked && this.#states.get(room) === state)
          this.#states.delete(room)
      })
    return attempt
  }
}
