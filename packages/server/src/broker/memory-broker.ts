// The broker of a single instance: streams in memory, delivery by a function call. Everything is lost with the process,
// which a new epoch makes visible.
import { RoomcastError } from '@roomcast/protocol/wire'
import type { Clock, Timer } from '../clock.ts'
import { randomId, type Random } from '../random.ts'
import type {
  Broker,
  BrokerHandler,
  Draft,
  Published,
  PublishOptions,
  ReadRequest,
  Retention,
  Signal,
  StreamSlice,
} from './broker.ts'
import { MemoryStream } from './memory-stream.ts'
import { RecentResults } from './recent-results.ts'
import { TagSource } from './tag-source.ts'

/** Options of a {@link MemoryBroker}. */
export interface MemoryBrokerOptions {
  readonly clock: Clock
  readonly random: Random
  /**
   * How long a stream that nobody reads, publishes to or subscribes to is remembered, in milliseconds. After that it
   * begins anew with another epoch. A stream whose history is kept for longer is remembered as long.
   * @default 3_600_000
   */
  readonly idleStreamMs?: number
  /**
   * How many streams are remembered. Beyond it the one that was used longest ago, and that nobody is subscribed to,
   * is forgotten.
   * @default 100_000
   */
  readonly maxStreams?: number
  /**
   * How many publish ids of one room are remembered within the dedupe window, at about 130 bytes each. With a bound, a
   * publish that is tried again after more than so many others of its room is appended a second time, and surfaces twice
   * at clients that no longer know its id (`dedupeIds`). Without one, memory is bounded by the window and the rate at
   * which clients may send commands.
   * @default Infinity
   */
  readonly maxResultsPerRoom?: number
}

interface RoomState {
  readonly stream: MemoryStream
  readonly results: RecentResults
  retention: Retention
  lastUsed: number
}

const SWEEP_MS = 10_000

/** See {@link Broker} for the guarantees. */
export class MemoryBroker implements Broker {
  readonly #clock: Clock
  readonly #random: Random
  readonly #tags: TagSource
  readonly #idleStreamMs: number
  readonly #maxStreams: number
  readonly #maxResultsPerRoom: number
  /** In the order in which they were last used. */
  readonly #rooms = new Map<string, RoomState>()
  readonly #subscribed = new Set<string>()
  #handler: BrokerHandler | undefined
  #sweeper: Timer | undefined
  #isClosed = false

  constructor(options: MemoryBrokerOptions) {
    this.#clock = options.clock
    this.#random = options.random
    this.#tags = new TagSource(options.random)
    this.#idleStreamMs = options.idleStreamMs ?? 3_600_000
    this.#maxStreams = options.maxStreams ?? 100_000
    this.#maxResultsPerRoom = options.maxResultsPerRoom ?? Infinity
  }

  start(handler: BrokerHandler): void {
    this.#handler = handler
    this.#scheduleSweep()
  }

  async subscribe(room: string): Promise<void> {
    this.#subscribed.add(room)
  }

  async unsubscribe(room: string): Promise<void> {
    if (!this.#subscribed.delete(room)) return
    const state = this.#rooms.get(room)
    if (state) this.#moveToEnd(room, state)
  }

  publish(room: string, draft: Draft, options: PublishOptions): Published {
    this.#assertOpen()
    const { retention, dedupeWindowMs } = options
    const now = this.#clock.monotonic()
    const time = this.#clock.now()
    const isSubscribed = this.#subscribed.has(room)
    const { stream, results } = this.#state(room, retention, isSubscribed, now)
    const first = results.get(draft, now)
    if (first) {
      return { position: { epoch: stream.epoch, offset: first.offset, tag: first.tag }, duplicate: true }
    }
    const publication = stream.append(draft, this.#tags.next(), time, retention)
    const position = { epoch: stream.epoch, offset: publication.offset, tag: publication.tag }
    results.set(draft, position, now + dedupeWindowMs)
    if (isSubscribed) this.#handler?.onPublication(room, position.epoch, publication)
    return { position, duplicate: false }
  }

  async signal(room: string, signal: Signal): Promise<void> {
    this.#assertOpen()
    if (this.#subscribed.has(room)) this.#handler?.onSignal(room, signal)
  }

  async read(room: string, request: ReadRequest, retention: Retention): Promise<StreamSlice> {
    this.#assertOpen()
    const now = this.#clock.monotonic()
    const time = this.#clock.now()
    const { stream } = this.#state(room, retention, this.#subscribed.has(room), now)
    stream.trim(time, retention)
    return stream.read(request)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#sweeper?.cancel()
    this.#rooms.clear()
    this.#subscribed.clear()
  }

  /** The state of a room, which is used now. */
  #state(room: string, retention: Retention, isSubscribed: boolean, now: number): RoomState {
    let state = this.#rooms.get(room)
    if (!state) {
      const stream = new MemoryStream(randomId(this.#random))
      state = { stream, results: new RecentResults(this.#maxResultsPerRoom), retention, lastUsed: now }
      if (this.#rooms.size >= this.#maxStreams) this.#forgetOldest()
      this.#rooms.set(room, state)
    } else if (!isSubscribed) {
      // What is subscribed to is not forgotten wherever it stands, so only the others are kept in order.
      this.#moveToEnd(room, state)
    }
    state.retention = retention
    state.lastUsed = now
    return state
  }

  #moveToEnd(room: string, state: RoomState): void {
    this.#rooms.delete(room)
    this.#rooms.set(room, state)
  }

  /** Forgets the stream that was used longest ago. One that is subscribed to is in use, and moves to the end. */
  #forgetOldest(): void {
    let left = this.#rooms.size
    for (const [room, state] of this.#rooms) {
      this.#rooms.delete(room)
      if (!this.#subscribed.has(room) || left-- === 0) return
      this.#rooms.set(room, state)
    }
  }

  /** Frees what has expired in rooms that nobody touches. */
  #sweep(): void {
    const now = this.#clock.monotonic()
    for (const [room, state] of this.#rooms) {
      if (this.#subscribed.has(room)) state.lastUsed = now
      if (now - state.lastUsed > Math.max(this.#idleStreamMs, state.retention?.ttlMs ?? 0)) {
        this.#rooms.delete(room)
        continue
      }
      state.stream.trim(this.#clock.now(), state.retention)
      state.results.expire(now)
    }
    this.#scheduleSweep()
  }

  #scheduleSweep(): void {
    this.#sweeper = this.#clock.setTimer(() => this.#sweep(), SWEEP_MS)
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new RoomcastError('unavailable', 'The broker is closed.', { temporary: true })
  }
}
