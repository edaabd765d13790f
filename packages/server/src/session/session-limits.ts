// What one client may use. Everything that a peer can grow has a limit here or in websocket/websocket-limits.ts.
import type { Rate } from '../util/token-bucket.ts'

/** Limits of a session. */
export interface SessionLimits {
  /**
   * How long a connection may take until its `connect` is answered, in milliseconds.
   * @default 10_000
   */
  readonly connectTimeoutMs: number
  /**
   * Connections of one address (of IPv6, one network of 64 bits) whose `connect` has not been answered; one too many
   * closes the oldest of them with 1013, so that newcomers still get through. Behind a proxy this needs
   * `trustedProxies`, or all clients have one address.
   * @default 1000
   */
  readonly maxUnauthenticatedPerAddress: number
  /**
   * Rooms that one session may receive, enter or watch, each counted by itself.
   * @default 128
   */
  readonly maxSubscriptions: number
  /**
   * Commands that wait for their answer. Beyond it the server stops reading until some are answered.
   * @default 256
   */
  readonly maxOutstandingCommands: number
  /**
   * How many commands a session may send, where one of more than 1 KiB counts as one for each started KiB. A client
   * whose bucket is empty is disconnected with `rateLimited`.
   * @default { perSecond: 100, burst: 1000 }
   */
  readonly commandRate: Rate
  /**
   * How many commands all sessions of one user on this instance may send together, counted in the same way. Beyond it they are
   * answered with `rateLimited`, which says when to try again.
   * @default { perSecond: 300, burst: 3000 }
   */
  readonly userCommandRate: Rate
  /**
   * How many publishes and signals of clients one room takes on this instance. Beyond it they are answered with `rateLimited`,
   * which says when to try again. What the server publishes is not counted.
   * @default { perSecond: 1000, burst: 5000 }
   */
  readonly roomPublishRate: Rate
  /**
   * Live publications that wait while a subscription reads what it missed.
   * @default 1000
   */
  readonly maxBufferedPublications: number
  /**
   * Bytes that may wait for one client to read them. Beyond it the rooms that have history are sent on only when the client has
   * read what waits, from where they stopped. A client that is still further behind after `slowConsumerMs` is disconnected
   * with `slowConsumer`; it connects again and recovers from history.
   * @default 1_048_576
   */
  readonly maxOutboxBytes: number
  /**
   * How long a client may be further behind than `maxOutboxBytes`, in milliseconds.
   * @default 5_000
   */
  readonly slowConsumerMs: number
  /**
   * What a client may tell about itself when it enters a room, in characters of JSON.
   * @default 4_096
   */
  readonly maxPresenceDataLength: number
  /**
   * How much of a room's history is replayed at once, in characters of JSON; the client asks for the rest when it has
   * read that.
   * @default 524_288
   */
  readonly maxReplayBytes: number
  /**
   * The most publications that `rewind` replays.
   * @default 1000
   */
  readonly maxRewind: number
}

/** The defaults, in one place. */
export const DEFAULT_SESSION_LIMITS: SessionLimits = {
  connectTimeoutMs: 10_000,
  maxUnauthenticatedPerAddress: 1000,
  maxSubscriptions: 128,
  maxOutstandingCommands: 256,
  commandRate: { perSecond: 100, burst: 1000 },
  userCommandRate: { perSecond: 300, burst: 3000 },
  roomPublishRate: { perSecond: 1000, burst: 5000 },
  maxBufferedPublications: 1000,
  maxOutboxBytes: 1_048_576,
  slowConsumerMs: 5_000,
  maxPresenceDataLength: 4_096,
  maxReplayBytes: 524_288,
  maxRewind: 1000,
}
