// The seam between one instance and the rooms' streams: numbering, history, and the bus that joins instances.
import type { Position, Publisher, UnrecoveredReason } from '@roomcast/protocol/wire'

/** What is published, before it has a place. `json` is the validated data, encoded once as JSON text. */
export interface Draft {
  readonly id: string
  readonly event: string
  readonly from: Publisher | undefined
  readonly json: string
}

/** A publication in its place. Immutable; implementations hand out the same object to everyone. */
export interface StoredPublication extends Draft {
  readonly offset: number
  readonly tag: number
  /** The broker's clock, in epoch milliseconds. */
  readonly time: number
}

/** Something that is sent on and forgotten. */
export interface Signal {
  readonly signal: string
  readonly from: Publisher | undefined
  readonly json: string
}

/** How much of a stream is kept; `null` keeps nothing but the numbering. */
export type Retention = { readonly maxItems: number; readonly ttlMs: number } | null

/** How a draft is appended. */
export interface PublishOptions {
  readonly retention: Retention
  /** For how long a second publish with the same id by the same publisher returns the first result, in milliseconds. */
  readonly dedupeWindowMs: number
}

/** The result of a publish. */
export interface Published {
  readonly position: Position
  /** Whether this id had been published before, so that nothing was appended now. */
  readonly duplicate: boolean
}

/** Which part of a stream to read. */
export type ReadRequest =
  /** Everything after a position, if all of it can be proved whole. */
  | { readonly since: Position }
  /** The last `last` publications; 0 reads the top only. */
  | { readonly last: number }

/** A part of a stream, whole and in order. */
export interface StreamSlice {
  /** The place just before the first item; equal to `top` if there is none. */
  readonly base: Position
  readonly top: Position
  readonly items: readonly StoredPublication[]
  /** For `since`: why the position cannot be continued from. `items` is then empty. */
  readonly unrecovered?: UnrecoveredReason
}

/** Receives what other sessions, on this instance or another, publish to subscribed rooms. */
export interface BrokerHandler {
  /** Called in the order of offsets for each room; a missing offset means that the bus lost something. */
  onPublication(room: string, epoch: string, publication: StoredPublication): void
  onSignal(room: string, signal: Signal): void
}

/**
 * Guarantees of every implementation, held by the contract suite (`broker-contract.ts`):
 *
 * - `publish` assigns the next offset and a random tag, appends, remembers the id and hands the publication to the
 *   bus as one atomic step: no two publications of an epoch share an offset and none is skipped.
 * - A publish whose id the same publisher used in the same room within the window appends nothing. An implementation may
 *   bound how many ids of a room it remembers, and says so in its options.
 * - After `subscribe` has resolved, everything published later reaches the handler, at most once and in order; an
 *   implementation whose bus may lose messages lets the gap show in the offsets.
 * - `read` never returns an item older than the retention's age, and never a part of a gap: all or `unrecovered`.
 * - A method that rejects, or throws, has its `RoomcastError` say whether it was applied (`outcome`).
 */
export interface Broker {
  /** Names the receiver. Called once, before anything else. */
  start(handler: BrokerHandler): void
  subscribe(room: string): Promise<void>
  unsubscribe(room: string): Promise<void>
  /** Answers at once where nothing has to be waited for; it then throws what it would reject with. */
  publish(room: string, draft: Draft, options: PublishOptions): Published | Promise<Published>
  /** Hands a signal to the bus: at most once, unordered, not stored. */
  signal(room: string, signal: Signal): Promise<void>
  /** Reads part of a stream, beginning the stream if it does not exist, so that a quiet room can be recovered too. */
  read(room: string, request: ReadRequest, retention: Retention): Promise<StreamSlice>
  /** Releases everything. Publishes after it reject with `unavailable`. */
  close(): Promise<void>
}
