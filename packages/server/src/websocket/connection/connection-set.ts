// The open connections of a server, and how they are sent away.
import type { Clock } from '../../clock.ts'
import type { Random } from '../../random.ts'
import { assertDuration } from '../../util/assert-duration.ts'
import { Roster } from '../../util/roster.ts'
import { spread } from '../../util/spread.ts'
import { assertClosable } from '../protocol/close-payload.ts'
import type { ConnectionKeeper, WebSocketConnection } from './websocket-connection.ts'

/** How connections are sent away without a stampede when they come back. */
export interface DrainOptions {
  /**
   * Over how long the closing is spread, in milliseconds; each connection has a random moment of it.
   * @default 10 000
   */
  readonly windowMs?: number
  /**
   * When what is still open is terminated, in milliseconds from the start.
   * @default the window and the close timeout of the connections
   */
  readonly deadlineMs?: number
  /** @default 1012 (service restart), on which clients come back */
  readonly code?: number
  /** @default 'restart' */
  readonly reason?: string
}

/** The open connections of a server. What is iterated over is those at its beginning. */
export interface OpenConnections extends Iterable<WebSocketConnection> {
  readonly size: number
}

export interface ConnectionSetOptions {
  readonly clock: Clock
  readonly random: Random
  readonly closeTimeoutMs: number
}

/** Keeps count of connections until their streams are gone. */
export class ConnectionSet implements ConnectionKeeper, OpenConnections {
  readonly #options: ConnectionSetOptions
  readonly #connections = new Roster<WebSocketConnection>((connection, seat) => connection.keepBy(this, seat))
  #onEmpty: (() => void)[] = []

  constructor(options: ConnectionSetOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#connections.size
  }

  [Symbol.iterator](): Iterator<WebSocketConnection> {
    return this.#connections.all[Symbol.iterator]()
  }

  /** Keeps a connection until its stream is gone. */
  add(connection: WebSocketConnection): void {
    this.#connections.add(connection)
  }

  /** A connection has ended. */
  forget(connection: WebSocketConnection, seat: number): void {
    this.#connections.delete(connection, seat)
    if (this.#connections.size > 0) return
    for (const callback of this.#onEmpty.splice(0)) callback()
  }

  /** Closes all at once. Resolves when they are gone, which takes no longer than their close timeout. */
  closeAll(code: number, reason: string): Promise<void> {
    for (const connection of this) connection.close(code, reason)
    return this.#whenEmpty()
  }

  /**
   * Closes all little by little; see {@link DrainOptions}. Resolves when they are gone, at the deadline at the latest.
   *
   * @throws {TypeError | RangeError} for options that make no sense; nothing is closed then.
   */
  async drain(options: DrainOptions = {}): Promise<void> {
    const { clock, random, closeTimeoutMs } = this.#options
    const { windowMs = 10_000, code = 1012, reason = 'restart' } = options
    const { deadlineMs = windowMs + closeTimeoutMs } = options
    assertDrainOptions(options)
    const closing = spread(this, { clock, random, windowMs: Math.min(windowMs, deadlineMs) }, (connection) =>
      connection.close(code, reason),
    )
    const deadline = clock.setTimer(() => {
      for (const connection of this) connection.terminate()
    }, deadlineMs)
    await this.#whenEmpty()
    closing.cancel()
    deadline.cancel()
  }

  #whenEmpty(): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#onEmpty.push(resolve))
  }
}

/**
 * @throws {TypeError | RangeError} for options that make no sense.
 */
export function assertDrainOptions({ windowMs = 0, deadlineMs = 0, code, reason }: DrainOptions = {}): void {
  assertClosable(code, reason)
  assertDuration('drain', 'windowMs', windowMs)
  assertDuration('drain', 'deadlineMs', deadlineMs)
}
