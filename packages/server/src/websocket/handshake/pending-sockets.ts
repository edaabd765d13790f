// Connections that owe something by a deadline, in the order in which they came, counted by address.
import type { Clock, Timer } from '../../clock.ts'
import { Arrivals, type Arrival } from '../../util/arrivals.ts'
import { Crowds } from '../../util/crowds.ts'

/** What is known of one. */
export interface PendingSocket {
  /** Who is counted: an address, or a network. */
  readonly group: string
  /** Ends it: its time is over, or it is the oldest of too many. It has been forgotten before. */
  end(reason: 'late' | 'crowded'): void
}

export interface PendingSocketsOptions {
  readonly clock: Clock
  readonly timeoutMs: () => number
  readonly maxPerGroup: () => number
}

/** Where one is in the order of all, and in that of its group. */
export class Place<Socket> {
  readonly socket: Socket
  readonly sinceMs: number
  arrival: Arrival<Place<Socket>> | undefined
  inGroup: Arrival<Place<Socket>> | undefined

  constructor(socket: Socket, sinceMs: number) {
    this.socket = socket
    this.sinceMs = sinceMs
  }
}

/** One timer for all: since all have the same time, whoever came first is due first. */
export class PendingSockets<Socket extends PendingSocket = PendingSocket> {
  readonly #options: PendingSocketsOptions
  readonly #arrivals = new Arrivals<Place<Socket>>()
  readonly #groups = new Crowds<Place<Socket>>()
  #timer: Timer | undefined

  constructor(options: PendingSocketsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#arrivals.size
  }

  /** The time of a socket begins. If its group is too many now, the oldest of it makes room. Its place is for `delete`. */
  add(socket: Socket): Place<Socket> {
    const { clock, maxPerGroup } = this.#options
    const place = new Place(socket, clock.monotonic())
    place.arrival = this.#arrivals.add(place)
    place.inGroup = this.#groups.add(socket.group, place)
    const oldest = this.#groups.takeBeyond(socket.group, maxPerGroup())
    if (oldest !== undefined) this.#end(oldest, 'crowded')
    if (this.#timer === undefined) this.#arm()
    return place
  }

  /** Forgets a socket, once. */
  delete(place: Place<Socket>): void {
    if (!this.#arrivals.delete(place.arrival!)) return
    this.#groups.delete(place.socket.group, place.inGroup!)
    if (this.size === 0) this.#disarm()
  }

  /** To be called when the time that all have has changed. */
  reschedule(): void {
    this.#disarm()
    this.#arm()
  }

  /** Who is due first. */
  get oldest(): Socket | undefined {
    return this.#oldest?.socket
  }

  get #oldest(): Place<Socket> | undefined {
    return this.#arrivals.oldest?.item
  }

  #arm(): void {
    const oldest = this.#oldest
    if (oldest === undefined) return
    const { clock, timeoutMs } = this.#options
    const dueMs = oldest.sinceMs + timeoutMs() - clock.monotonic()
    this.#timer = clock.setTimer(() => this.#fire(), Math.max(0, dueMs))
  }

  #disarm(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** After a stalled event loop timers fire before what has long arrived is read; so that is read first. */
  #fire(): void {
    this.#options.clock.defer(() => {
      this.#endOverdue()
      this.reschedule()
    })
  }

  #endOverdue(): void {
    const { clock, timeoutMs } = this.#options
    const beforeMs = clock.monotonic() - timeoutMs()
    for (let oldest = this.#oldest; oldest !== undefined; oldest = this.#oldest) {
      if (oldest.sinceMs > beforeMs) return
      this.#end(oldest, 'late')
    }
  }

  #end(place: Place<Socket>, reason: 'late' | 'crowded'): void {
    this.delete(place)
    place.socket.end(reason)
  }
}
