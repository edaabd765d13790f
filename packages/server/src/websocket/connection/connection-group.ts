// Connections that receive the same messages.
import { GroupLane } from './group-lane.ts'
import { prepareMessage, PreparedMessage, type MessageOptions } from './prepared-message.ts'
import { outgoingSideOf, type WebSocketConnection } from './websocket-connection.ts'

/**
 * A set of connections to which messages are sent once.
 *
 * A message is framed and compressed once, however many members there are; what a group is sent in a turn of the event loop
 * is joined into one buffer, which all members share, and written to each once at the end of the turn. Guarantees: a member receives
 * exactly the messages that were sent between its `add` and its `delete`, in the order of sending, also among what it is
 * sent by itself; groups are not ordered among each other. A connection that closes is no member any more.
 *
 * @example
 * const room = new ConnectionGroup()
 * room.add(connection)
 * room.send('hello, all')
 */
export class ConnectionGroup {
  /** The members that neither compress nor mask, which are nearly all. */
  #plain: GroupLane | undefined
  /** The others, by what they share. */
  #lanes: Map<object, GroupLane> | undefined

  /** How many members there are. */
  get size(): number {
    let size = this.#plain?.size ?? 0
    for (const lane of this.#lanes?.values() ?? []) size += lane.size
    return size
  }

  /** Whether a connection is a member. */
  has(connection: WebSocketConnection): boolean {
    const side = outgoingSideOf(connection)
    return this.#laneFor(side.laneKey)?.has(side) ?? false
  }

  /**
   * Makes a connection a member: it receives what is sent from now on. Ignored for a member, and for one that is closing.
   *
   * @throws {TypeError} for what is no connection.
   */
  add(connection: WebSocketConnection): void {
    const side = outgoingSideOf(connection)
    if (connection.state !== 'open') return
    const lane = this.#laneFor(side.laneKey) ?? this.#open(side.laneKey)
    lane.add(side)
  }

  /**
   * Ends a membership: what was sent so far is still received.
   *
   * @throws {TypeError} for what is no connection.
   */
  delete(connection: WebSocketConnection): void {
    const side = outgoingSideOf(connection)
    this.#laneFor(side.laneKey)?.delete(side)
  }

  /**
   * Sends a message to all members; bytes are copied.
   *
   * @throws {TypeError} for what is no message.
   */
  send(message: PreparedMessage | string | Uint8Array, options?: MessageOptions): void {
    const prepared = message instanceof PreparedMessage ? message : prepareMessage(message, options)
    this.#plain?.send(prepared)
    if (this.#lanes === undefined) return
    for (const lane of [...this.#lanes.values()]) lane.send(prepared)
  }

  #laneFor(key: object | undefined): GroupLane | undefined {
    return key === undefined ? this.#plain : this.#lanes?.get(key)
  }

  #open(key: object | undefined): GroupLane {
    if (key === undefined) return (this.#plain = new GroupLane())
    const lanes = (this.#lanes ??= new Map<object, GroupLane>())
    // A lane may be of one member alone, which a group that is never sent anything should not keep.
    const lane = new GroupLane(() => lanes.delete(key))
    lanes.set(key, lane)
    return lane
  }
}
