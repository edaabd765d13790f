// What each room is about. Anyone can name a room, so only the latest few are remembered.

export class Topics {
  readonly #maxRooms: number
  readonly #byRoom = new Map<string, string>()

  constructor(maxRooms: number) {
    this.#maxRooms = maxRooms
  }

  get(roomId: string): string {
    return this.#byRoom.get(roomId) ?? ''
  }

  set(roomId: string, topic: string): void {
    this.#byRoom.delete(roomId)
    this.#byRoom.set(roomId, topic)
    const [oldest] = this.#byRoom.keys()
    if (this.#byRoom.size > this.#maxRooms && oldest !== undefined) this.#byRoom.delete(oldest)
  }
}
