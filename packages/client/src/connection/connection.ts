// Keeps one connection to the server: opens it, gives up on an attempt that takes too long, and tries again. It knows
// nothing of what is said on the connection.
import {
  shouldReconnect,
  type CLOSE_CODES,
  type Codec,
  type Payload,
  type RoomcastError,
} from '@roomcast/protocol/wire'
import { Alarm, type Clock } from '../clock.ts'
import { clientError, closedError, disconnectedError } from '../errors.ts'
import type { Random } from '../random.ts'
import { Retry, type Backoff } from './retry.ts'
import type { ClientTransport, TransportConnection } from './transport.ts'

/** `connecting` lasts through all attempts, and the waits between them, until one succeeds. */
export type ConnectionState = 'disconnected' | 'connecting' | 'connected'

/** A client's connection at one moment. The same object until something changes. */
export interface ClientStatus {
  readonly state: ConnectionState
  /** How many attempts in a row have failed. */
  readonly attempt: number
  /** While waiting: when the next attempt begins, in epoch milliseconds. */
  readonly nextAttemptAt?: number | undefined
  /** Why the last attempt failed, the last connection was lost, or the client has stopped. */
  readonly error?: RoomcastError | undefined
}

/** A value, or what finds it anew for each attempt. */
export type Resolvable<T> = T | (() => T | Promise<T>)

/** What a connection needs. */
export interface ConnectionOptions {
  readonly url: Resolvable<string>
  readonly token?: Resolvable<string | undefined>
  readonly codec: Pick<Codec, 'subprotocol'>
  readonly transport: ClientTransport
  readonly clock: Clock
  readonly random: Random
  readonly backoff: Backoff
  readonly connectTimeoutMs: number
  readonly stableAfterMs: number
}

/** What a connection tells. */
export interface ConnectionHandlers {
  /** The transport is open. The attempt has succeeded when `ready` is called, which must not take too long. */
  opened(token: string | undefined): void
  message(payload: Payload): void
  /** The connection is gone, or the attempt failed; `final` is set if there will be no other. */
  closed(final: RoomcastError | undefined): void
  /** `status` is another one. */
  changed(): void
}

/** One attempt and what came of it. What an earlier attempt still has to say is not heard. */
interface Attempt {
  connection?: TransportConnection
}

/** RFC 6455 §7.4.1; of that section's codes, the only one that a browser lets an application send. */
const NORMAL_CLOSURE = 1000

// Written out so that the table of all codes stays out of the bundle; the compiler compares.
const CONNECT_TIMEOUT: typeof CLOSE_CODES.connectTimeout = 4000
const UNSUPPORTED_PROTOCOL: typeof CLOSE_CODES.unsupportedProtocol = 4501

const resolve = async <T extends string | undefined>(value: Resolvable<T>): Promise<T> =>
  typeof value === 'function' ? value() : value

/** The connection of one client. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #handlers: ConnectionHandlers
  #status: ClientStatus = { state: 'disconnected', attempt: 0 }
  #attempt: Attempt | undefined
  /** The deadline of an attempt, or the time until a connection counts as stable. */
  readonly #alarm: Alarm
  /** The wait before the next attempt. */
  readonly #retry: Retry
  /** The server is about to stop and asks its clients to spread their return over this time. */
  #drain: Backoff | undefined

  constructor(options: ConnectionOptions, handlers: ConnectionHandlers) {
    this.#options = options
    this.#alarm = new Alarm(options.clock)
    this.#retry = new Retry(options)
    this.#handlers = handlers
  }

  get status(): ClientStatus {
    return this.#status
  }

  get bufferedBytes(): number {
    return this.#attempt?.connection?.bufferedBytes ?? 0
  }

  /** Begins to connect, unless it has begun. */
  start(): void {
    if (this.#status.state !== 'disconnected') return
    this.#retry.reset()
    void this.#open()
  }

  /** Ends the connection, or the attempts to make one. */
  stop(error: RoomcastError): void {
    if (this.#status.state !== 'disconnected') this.fail(NORMAL_CLOSURE, error, true)
  }

  /** Does not wait any longer for the next attempt. */
  wake(): void {
    if (this.#status.nextAttemptAt === undefined) return
    this.#retry.cancel()
    void this.#open(this.#status.error)
  }

  /** The next attempt is to be made at a random time within this window. */
  drain(windowMs: number): void {
    this.#drain = { minMs: windowMs, maxMs: windowMs }
  }

  /** The server has accepted the client. */
  ready(): void {
    // A connection that breaks soon after it was made must not bring the attempts back to full speed.
    this.#alarm.set(this.#options.stableAfterMs, () => this.#retry.reset())
    this.#setStatus({ state: 'connected', attempt: 0 })
  }

  send(payload: Payload): void {
    this.#attempt?.connection?.send(payload)
  }

  /** Gives the connection, or the attempt to make one, up, and tries again unless it `isFinal`. */
  fail(closeCode: number, error: RoomcastError, isFinal = !error.temporary): void {
    const connection = this.#attempt?.connection
    this.#attempt = undefined
    this.#alarm.cancel()
    this.#retry.cancel()
    // Waits for no farewell: on a network that is gone there is none.
    connection?.close(closeCode, '')
    this.#handlers.closed(isFinal ? error : undefined)
    if (isFinal) return this.#setStatus({ state: 'disconnected', attempt: 0, error })
    const delayMs = this.#retry.after(error, () => void this.#open(error), this.#drain)
    this.#drain = undefined
    this.#setStatus({
      state: 'connecting',
      attempt: this.#retry.failures,
      nextAttemptAt: this.#options.clock.now() + delayMs,
      error,
    })
  }

  /** Makes an attempt. `error` says why the one before it failed. */
  async #open(error?: RoomcastError): Promise<void> {
    const { codec, connectTimeoutMs, token, transport, url } = this.#options
    const attempt: Attempt = {}
    this.#attempt = attempt
    const isCurrent = (): boolean => this.#attempt === attempt
    this.#alarm.set(connectTimeoutMs, () =>
      this.fail(CONNECT_TIMEOUT, disconnectedError('No answer in time.')),
    )
    this.#setStatus({ state: 'connecting', attempt: this.#retry.failures, error })
    let isReady = false
    try {
      const [address, secret] = await Promise.all([resolve(url), resolve(token)])
      if (!isCurrent()) return
      isReady = true
      attempt.connection = transport(address, [codec.subprotocol], {
        open: (selected) => isCurrent() && this.#opened(selected, secret),
        message: (payload) => isCurrent() && this.#handlers.message(payload),
        close: (code, reason) => isCurrent() && this.#closed(code, reason),
      })
    } catch (cause) {
      // What a transport cannot open at all, such as an address that is none, it cannot open later either.
      const message = `Not opened: ${String(cause)}`
      const failure = isReady ? clientError('closed', message, { cause }) : disconnectedError(message, cause)
      if (isCurrent()) this.fail(NORMAL_CLOSURE, failure)
    }
  }

  #opened(selected: string, token: string | undefined): void {
    if (selected === this.#options.codec.subprotocol) this.#handlers.opened(token)
    // A server that selects nothing is not ours, and will not be next time.
    else this.fail(UNSUPPORTED_PROTOCOL, closedError(UNSUPPORTED_PROTOCOL, 'not a Roomcast server'))
  }

  #closed(code: number, reason: string): void {
    delete this.#attempt?.connection
    const isTemporary = shouldReconnect(code)
    this.fail(code, isTemporary ? disconnectedError(`Lost: ${code} ${reason}`) : closedError(code, reason))
  }

  #setStatus(status: ClientStatus): void {
    this.#status = status
    this.#handlers.changed()
  }
}
