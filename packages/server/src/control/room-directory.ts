// The rooms that have subscribers, on all instances, for the application's own code.
import type { ControlBus, RoomSummary } from './control-bus.ts'
import { limitOf, merge, type Listed, type ListOptions } from './listed.ts'

/** Which rooms are listed. */
export interface RoomListOptions<Pattern extends string = string> extends ListOptions {
  /** Only those of this channel. */
  readonly pattern?: Pattern | undefined
}

/**
 * @example
 * const { total, items } = await roomcast.rooms.list({ pattern: 'chat:{roomId}' })
 */
export class RoomDirectory<Pattern extends string = string> {
  readonly #bus: ControlBus

  constructor(bus: ControlBus) {
    this.#bus = bus
  }

  /**
   * The rooms that have subscribers. With several instances `total` counts a room once for each that serves it, while `items`
   * has it once, with all its subscribers.
   *
   * @throws {RoomcastError} `unavailable` if nobody can be asked.
   */
  async list(options: RoomListOptions<Pattern> = {}): Promise<Listed<RoomSummary>> {
    const limit = limitOf(options)
    const listed = merge(
      await this.#bus.order({ kind: 'listRooms', pattern: options.pattern, limit }),
      Infinity,
    )
    return { ...listed, items: addUp(listed.items).slice(0, limit) }
  }
}

function addUp(rooms: readonly RoomSummary[]): RoomSummary[] {
  const byName = new Map<string, RoomSummary>()
  for (const room of rooms) {
    const known = byName.get(room.name)
    byName.set(room.name, known ? { ...known, subscribers: known.subscribers + room.subscribers } : room)
  }
  return [...byName.values()]
}
