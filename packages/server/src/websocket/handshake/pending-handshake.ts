// A handshake that the application takes its time to decide about.
import type { Duplex } from 'node:stream'
import type { Clock, Timer } from '../../clock.ts'
import { abortSocket } from '../connection/abort-socket.ts'
import type { HandshakeRejection } from '../protocol/handshake.ts'
import type { WebSocketLimits } from '../websocket-limits.ts'
import { EarlyInput } from './early-input.ts'
import { serverFailed, shuttingDown } from './rejections.ts'

/** Something that waits and can be sent away because the server ends. */
export interface Waiting {
  turnAway(): void
}

/** What was thrown, which may be anything. */
export interface Failure {
  readonly error: unknown
}

export interface PendingHandshakeOptions<T> {
  readonly stream: Duplex
  readonly head: Uint8Array
  /** What the application is about to say. */
  readonly decision: PromiseLike<T>
  /** Tells the application that its answer is not wanted any more. */
  readonly controller: AbortController
  /** Who else waits; entered for as long as this does. */
  readonly pending: Set<Waiting>
  readonly clock: Clock
  readonly limits: Pick<WebSocketLimits, 'authorizeTimeoutMs' | 'maxEarlyBytes'>
  readonly onDecided: (decision: T, head: Uint8Array) => void
  /** `failure` is what the application did wrong; undefined if it is nobody's fault. */
  readonly onFailed: (rejection: HandshakeRejection, failure: Failure | undefined, head: Uint8Array) => void
}

/**
 * Ends once, in one of four ways: the application decides or fails; it takes too long (503); the server shuts down
 * (503); or the client goes, and nobody is answered. In the last three the application is told by its signal.
 */
export class PendingHandshake<T> implements Waiting {
  readonly #options: PendingHandshakeOptions<T>
  readonly #input: EarlyInput
  readonly #timer: Timer
  #isSettled = false

  constructor(options: PendingHandshakeOptions<T>) {
    const { stream, head, decision, pending, clock, limits, onDecided, onFailed } = options
    this.#options = options
    this.#timer = clock.setTimer(() => {
      this.#abandon(new Error('authorize took too long'))
    }, limits.authorizeTimeoutMs)
    pending.add(this)
    this.#input = new EarlyInput(stream, {
      head,
      maxBytes: limits.maxEarlyBytes,
      onGone: () => this.#leave(),
    })
    decision.then(
      (value) => this.#settle((early) => onDecided(value, early)),
      (error: unknown) => this.#settle((early) => onFailed(serverFailed, { error }, early)),
    )
  }

  turnAway(): void {
    this.#abandon(undefined)
  }

  /** The client has gone. */
  #leave(): void {
    this.#settle(() => abortSocket(this.#options.stream))
    this.#options.controller.abort(new Error('the client has gone'))
  }

  #abandon(error: Error | undefined): void {
    this.#settle((early) => this.#options.onFailed(shuttingDown, error && { error }, early))
    this.#options.controller.abort(error ?? new Error('the server shuts down'))
  }

  #settle(act: (early: Uint8Array) => void): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#timer.cancel()
    this.#options.pending.delete(this)
    act(this.#input.release())
  }
}
