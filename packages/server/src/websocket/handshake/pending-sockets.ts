// Connections that owe something by a deadline, in the order in which they came, counted by address.
import type { Clock, Timer } from '../../clock.ts'
import { Crowds } from '../../util/crowds.ts'

/** What is known of one. */
export interface PendingSocket {
  /** Who is counted: an address, or a network. */
  readonly group: string
  /** Ends it: its time is over, or it is the oldest of too many. */
  end(reason: 'late' | 'crowded'): void
}

export interface PendingSocketsOptions {
  readonly clock: Clock
  readonly timeoutMs: () => number
  readonly maxPerGroup: () => number
}

interface Entry<Socket> {
  readonly socket: Socket
  readonly sinceMs: number
}

/** One timer for all: since all have the same time, whoever came first is due first. */
export class PendingSockets<Key, Socket extends PendingSocket = PendingSocket> {
  readonly #options: PendingSocketsOptions
  readonly #entries = new Map<Key, Entry<Socket>>()
  readonly #groups = new Crowds<Key>()
  #timer: Timer | undefined

  constructor(options: PendingSocketsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: Key): Socket | undefined {
    return this.#entries.get(key)?.socket
  }

  /** The time of a socket begins. If its group is too many now, the oldest of it makes room. */
  add(key: Key, socket: Socket): void {
    this.delete(key)
    this.#entries.set(key, { socket, sinceMs: this.#options.clock.monotonic() })
    const oldest = this.#groups.add(socket.group, key, this.#options.maxPerGroup())
    if (oldest !== undefined) this.#end(oldest, 'crowded')
    if (this.#timer === undefined) this.#arm()
  }

  delete(key: Key): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#groups.delete(entry.socket.group, key)
    if (this.#entries.size === 0) this.#disarm()
  }

  /** To be called when the time that all have has changed. */
  reschedule(): void {
    this.#disarm()
    this.#arm()
  }

  /** Forgets all. */
  clear(): void {
    this.#entries.clear()
    this.#groups.clear()
    this.#disarm()
  }

  #arm(): void {
    for (const { sinceMs } of this.#entries.values()) {
      const { clock, timeoutMs } = this.#options
      const dueMs = sinceMs + timeoutMs() - clock.monotonic()
      this.#timer = clock.setTimer(() => this.#fire(), Math.max(0, dueMs))
      return
    }
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
    for (const [key, { sinceMs }] of this.#entries) {
      if (sinceMs > beforeMs) return
      this.#end(key, 'late')
    }
  }

  #end(key: Key, reason: 'late' | 'crowded'): void {
    const socket = this.get(key)
    this.delete(key)
    socket?.end(reason)
  }
}
