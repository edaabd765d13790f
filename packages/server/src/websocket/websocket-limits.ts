// What one connection may cost, and how long it may take. Every limit of this folder and its default is here.
import type { Rate } from '../util/token-bucket.ts'

/** The limits of a connection. `Infinity` turns one off; zero allows none. */
export interface WebSocketLimits {
  /**
   * The longest header block of a handshake in bytes, else 431.
   * @default 16 KiB
   */
  readonly maxHeaderBytes: number
  /**
   * The most header fields of a handshake, else 431.
   * @default 100
   */
  readonly maxHeaders: number
  /**
   * How long a new connection of the HTTP server may take to deliver the head of its first request in milliseconds, the
   * handshake of TLS included, else 408.
   * @default 10 000
   */
  readonly handshakeTimeoutMs: number
  /**
   * The most connections from one address (of IPv6, one network of 64 bits) that have not delivered the head of their
   * first request; one too many ends the oldest of them, so that newcomers still get through.
   * @default 256
   */
  readonly maxPendingPerAddress: number
  /**
   * How long `authorize` may take in milliseconds, else 503.
   * @default 10 000
   */
  readonly authorizeTimeoutMs: number
  /**
   * How many bytes of a client that sends while `authorize` decides are read and kept; the rest has to wait.
   * @default 64 KiB
   */
  readonly maxEarlyBytes: number
  /**
   * The most WebSockets of one HTTP/2 session; a stream too many is reset with REFUSED_STREAM.
   * @default 100
   */
  readonly maxStreamsPerSession: number
  /**
   * How many streams of WebSockets an HTTP/2 session may reset, else it is ended with ENHANCE_YOUR_CALM.
   * @default 10 per second, 100 at once
   */
  readonly streamResetRate: Rate
  /**
   * The longest message from a peer in bytes, over all its fragments, else close 1009.
   * @default 256 KiB
   */
  readonly maxMessageBytes: number
  /**
   * The most frames of one message, empty ones included, else close 1008.
   * @default 1024
   */
  readonly maxFragments: number
  /**
   * How long a message may take from its first byte to its last in milliseconds, else close 1008. Longer than a silent
   * peer is given, so that a network which stalls in the middle of a message is not taken for a peer that dawdles.
   * @default 60 000
   */
  readonly messageTimeoutMs: number
  /**
   * How many messages a peer may send, else close 1008.
   * @default 1000 per second, 5000 at once
   */
  readonly messageRate: Rate
  /**
   * How many bytes a peer may send, frame headers included and compressed messages as they are when restored, else close
   * 1008.
   * @default 8 MiB per second, 32 MiB at once
   */
  readonly byteRate: Rate
  /**
   * How many pings and pongs a peer may send, else close 1008.
   * @default 20 per second, 100 at once
   */
  readonly controlFrameRate: Rate
  /**
   * The most messages of one connection that are delivered before others have a turn.
   * @default 256
   */
  readonly maxMessagesPerTurn: number
  /**
   * Above this many bytes waiting to be sent, `drain` is called once no more than half of them are left.
   * @default 1 MiB
   */
  readonly highWaterMarkBytes: number
  /**
   * The most bytes waiting to be sent, else what waits is dropped and the connection closes with 1013. A message
   * that finds nothing waiting may be longer.
   * @default 8 MiB
   */
  readonly maxBufferedBytes: number
  /**
   * HTTP/2: after how many milliseconds without any stream or data a session is ended, unless it carries a WebSocket or the
   * server has a timeout of its own.
   * @default 120 000
   */
  readonly idleSessionTimeoutMs: number
  /**
   * How long in milliseconds a peer may take nothing of what waits, else the connection is terminated.
   * @default 10 000
   */
  readonly noProgressTimeoutMs: number
  /**
   * After this many milliseconds of silence the peer is pinged.
   * @default 25 000
   */
  readonly pingAfterMs: number
  /**
   * How long in milliseconds nothing may arrive after a ping, else the connection is terminated.
   * @default 10 000
   */
  readonly pongTimeoutMs: number
  /**
   * How long in milliseconds closing may take until the socket is destroyed.
   * @default 5000
   */
  readonly closeTimeoutMs: number
  /**
   * How often the deadlines above are looked at in milliseconds: each is noticed so much later at most.
   * @default 1000
   */
  readonly sweepIntervalMs: number
}

export const DEFAULT_WEBSOCKET_LIMITS: WebSocketLimits = {
  maxHeaderBytes: 16 * 1024,
  maxHeaders: 100,
  handshakeTimeoutMs: 10_000,
  maxPendingPerAddress: 256,
  authorizeTimeoutMs: 10_000,
  maxEarlyBytes: 64 * 1024,
  maxStreamsPerSession: 100,
  streamResetRate: { perSecond: 10, burst: 100 },
  maxMessageBytes: 256 * 1024,
  maxFragments: 1024,
  messageTimeoutMs: 60_000,
  messageRate: { perSecond: 1000, burst: 5000 },
  byteRate: { perSecond: 8 * 1024 * 1024, burst: 32 * 1024 * 1024 },
  controlFrameRate: { perSecond: 20, burst: 100 },
  maxMessagesPerTurn: 256,
  highWaterMarkBytes: 1024 * 1024,
  maxBufferedBytes: 8 * 1024 * 1024,
  idleSessionTimeoutMs: 120_000,
  noProgressTimeoutMs: 10_000,
  pingAfterMs: 25_000,
  pongTimeoutMs: 10_000,
  closeTimeoutMs: 5000,
  sweepIntervalMs: 1000,
}
