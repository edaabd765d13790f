// The presence of a single instance, in memory.
import type { Member, PresenceChange } from '@roomcast/protocol/wire'
import { randomId, type Random } from '../random.ts'
import type { PresenceEntry, PresenceHandler, PresenceSnapshot, PresenceStore } from './presence-store.ts'

interface OwnedEntry extends PresenceEntry {
  readonly owner: string
}

interface RoomPresence {
  readonly epoch: string
  readonly entries: Map<string, OwnedEntry>
  offset: number
}

/** See {@link PresenceStore} for the guarantees. */
export class MemoryPresenceStore implements PresenceStore {
  readonly #random: Random
  readonly #rooms = new Map<string, RoomPresence>()
  readonly #watched = new Set<string>()
  #handler: PresenceHandler | undefined

  constructor(options: { readonly random: Random }) {
    this.#random = options.random
  }

  start(handler: PresenceHandler): void {
    this.#handler = handler
  }

  async watch(room: string): Promise<void> {
    this.#watched.add(room)
  }

  async unwatch(room: string): Promise<void> {
    this.#watched.delete(room)
    this.#release(room)
  }

  async put(room: string, entry: PresenceEntry, owner: string): Promise<void> {
    this.#put(room, entry, owner)
  }

  async update(room: string, entry: PresenceEntry, owner: string): Promise<boolean> {
    if (this.#rooms.get(room)?.entries.get(entry.clientId)?.owner !== owner) return false
    this.#put(room, entry, owner)
    return true
  }

  async remove(room: string, clientId: string, owner?: string): Promise<boolean> {
    const state = this.#rooms.get(room)
    const entry = state?.entries.get(clientId)
    if (!state || !entry || (owner !== undefined && entry.owner !== owner)) return false
    state.entries.delete(clientId)
    this.#tell(room, state, { kind: 'leave', clientId })
    this.#release(room)
    return true
  }

  async snapshot(room: string): Promise<PresenceSnapshot> {
    const { epoch, offset, entries } = this.#state(room)
    this.#release(room)
    return { position: { epoch, offset }, members: [...entries.values()].map(toMember) }
  }

  async close(): Promise<void> {
    this.#rooms.clear()
    this.#watched.clear()
  }

  #put(room: string, entry: PresenceEntry, owner: string): void {
    const state = this.#state(room)
    const before = state.entries.get(entry.clientId)
    state.entries.set(entry.clientId, { ...entry, owner })
    if (before?.json === entry.json && before.userId === entry.userId) return
    this.#tell(room, state, { kind: before ? 'update' : 'enter', member: toMember(entry) })
  }

  #tell(room: string, state: RoomPresence, change: PresenceChange): void {
    state.offset++
    if (this.#watched.has(room)) {
      this.#handler?.onPresence(room, { epoch: state.epoch, offset: state.offset }, change)
    }
  }

  #state(room: string): RoomPresence {
    let state = this.#rooms.get(room)
    if (!state) {
      state = { epoch: randomId(this.#random), entries: new Map(), offset: 0 }
      this.#rooms.set(room, state)
    }
    return state
  }

  /** Forgets a room that nobody is in and nobody watches; its next epoch tells that it was forgotten. */
  #release(room: string): void {
    if (this.#rooms.get(room)?.entries.size === 0 && !this.#watched.has(room)) this.#rooms.delete(room)
  }
}

const toMember = ({ clientId, userId, json }: PresenceEntry): Member => ({
  clientId,
  userId,
  data: JSON.parse(json) as unknown,
})
