// What one HTTP/2 session may cost and how it ends: streams and resets are limited, and once the server closes it goes
// with its last WebSocket.
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../logger.ts'
import { TokenBucket } from '../../util/token-bucket.ts'
import { resetStream, wasResetHere } from '../connection/abort-socket.ts'
import type { WebSocketLimits } from '../websocket-limits.ts'

export interface Http2SessionGuardOptions {
  readonly limits: WebSocketLimits
  readonly clock: Clock
  readonly logger: Logger
}

/** Watches one session, from its first CONNECT on. */
export class Http2SessionGuard {
  readonly #session: ServerHttp2Session
  readonly #socket: Duplex | undefined
  readonly #options: Http2SessionGuardOptions
  readonly #resets: TokenBucket
  readonly #streams = new Set<ServerHttp2Stream>()
  /** For whom it has carried streams. */
  readonly #users = new Set<object>()
  #isEnding = false

  /** `socket` is what the session runs over, if it is known. */
  constructor(session: ServerHttp2Session, socket: Duplex | undefined, options: Http2SessionGuardOptions) {
    this.#session = session
    this.#socket = socket
    this.#options = options
    this.#resets = new TokenBucket(options.limits.streamResetRate, options.clock.monotonic())
  }

  /** Whether streams of ours are open, WebSockets and those that are being judged. */
  get isInUse(): boolean {
    return this.#streams.size > 0
  }

  /**
   * Counts a new stream. False if it is gone already or one too many: then it has been reset, with a code that tells
   * the client that nothing was done (RFC 9113 §8.7). `user` is who will answer it, if anybody will.
   */
  admit(stream: ServerHttp2Stream, user: object | undefined): boolean {
    stream.on('error', ignore)
    if (stream.destroyed || stream.closed) {
      this.#noteEnd(stream)
      return false
    }
    stream.once('close', () => {
      this.#streams.delete(stream)
      this.#noteEnd(stream)
      if (this.#isEnding) this.#endIfUnused()
    })
    if (this.#streams.size >= this.#options.limits.maxStreamsPerSession) {
      // Not in the middle of reading: Node frees the stream at once, under the hands of its parser.
      this.#options.clock.defer(() => resetStream(stream, constants.NGHTTP2_REFUSED_STREAM))
      return false
    }
    this.#streams.add(stream)
    if (user !== undefined) this.#users.add(user)
    return true
  }

  /**
   * One who answered streams here does so no more. With the last of them the session ends, once no WebSocket is open on
   * it; the client may finish what else it does.
   */
  leave(user: object): void {
    if (!this.#users.delete(user) || this.#users.size > 0) return
    this.#isEnding = true
    this.#endIfUnused()
  }

  #endIfUnused(): void {
    if (this.isInUse || this.#session.destroyed) return
    this.#session.close()
    this.#destroyInTime()
  }

  /** "Rapid reset" (CVE-2023-44487): each reset gives the client a free stream and leaves us with the work. */
  #noteEnd(stream: ServerHttp2Stream): void {
    const isByPeer = stream.rstCode !== constants.NGHTTP2_NO_ERROR && !wasResetHere(stream)
    if (!isByPeer || this.#session.destroyed) return
    const { clock, logger } = this.#options
    if (this.#resets.take(clock.monotonic())) return
    logger.debug({}, 'an HTTP/2 session was ended: its client resets too many streams')
    this.#session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)
    this.#session.destroy()
    this.#destroyInTime()
  }

  /** A session that ends waits for its streams and for the peer to take what is left; destroying it waits for that too. */
  #destroyInTime(): void {
    const { clock, limits } = this.#options
    const timer = clock.setTimer(() => {
      this.#session.destroy()
      this.#socket?.destroy()
    }, limits.closeTimeoutMs)
    this.#session.once('close', () => timer.cancel())
  }
}

function ignore(): void {}
