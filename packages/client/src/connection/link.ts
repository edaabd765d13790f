// One client's conversation with its server across connections: the handshake, the heartbeat, and who gets what arrives.
import type {
  CLOSE_CODES,
  ConnectResult,
  DrainPush,
  Payload,
  Push,
  RoomcastError,
  ServerMessage,
  SignalCommand,
} from '@roomcast/protocol/wire'
import { disconnectedError } from '../errors.ts'
import type { ResolvedOptions } from '../options.ts'
import { RequestTracker } from '../request/request-tracker.ts'
import { Connection, type ConnectionHandlers } from './connection.ts'
import { Heartbeat } from './heartbeat.ts'
import { watchNetwork } from './network-hints.ts'

// Written out so that the table of all codes stays out of the bundle; the compiler compares.
const CONNECT_TIMEOUT: typeof CLOSE_CODES.connectTimeout = 4000
const HEARTBEAT_TIMEOUT: typeof CLOSE_CODES.heartbeatTimeout = 4003
const MALFORMED_MESSAGE: typeof CLOSE_CODES.malformedMessage = 4500

/** Signals give way when this much waits to be written, in bytes: what matters must not queue behind them. */
const MAX_SIGNAL_BACKLOG_BYTES = 65_536

/** A push that concerns one room. */
export type RoomPush = Exclude<Push, DrainPush>

/** What a link tells. */
export interface LinkHandlers {
  /** A connection is open and `connect` is on its way: subscriptions may follow. */
  opened(): void
  /** The server has accepted the client. `previous` is what it said the last time. */
  ready(session: ConnectResult, previous: ConnectResult | undefined): void
  /** The connection is gone; `final` is set if there will be no other. All that was asked is lost by now. */
  closed(final: RoomcastError | undefined): void
  push(push: RoomPush): void
  /** `status` is another one. */
  changed(): void
}

/** The link of one client. */
export class Link implements ConnectionHandlers {
  readonly requests: RequestTracker
  readonly #options: ResolvedOptions
  readonly #handlers: LinkHandlers
  readonly connection: Connection
  #session: ConnectResult | undefined
  #heartbeat: Heartbeat | undefined
  #stopWatching: (() => void) | undefined

  constructor(options: ResolvedOptions, handlers: LinkHandlers) {
    this.#options = options
    this.#handlers = handlers
    this.requests = new RequestTracker(options, (payload) => this.connection.send(payload))
    this.connection = new Connection(options, this)
  }

  /** What the server said when it accepted this client the last time. */
  get session(): ConnectResult | undefined {
    return this.#session
  }

  /** Connects, and from then on listens to what the browser says about the network. */
  start(): void {
    this.#stopWatching ??= watchNetwork({
      wake: () => {
        this.connection.wake()
        this.#heartbeat?.probe()
      },
      doubt: () => this.#heartbeat?.probe(),
    })
    this.connection.start()
  }

  /** Sends what gets no answer, if there is a session and not too much waits to be written. */
  send(message: SignalCommand): void {
    const { connection, requests } = this
    if (requests.isReady && connection.bufferedBytes < MAX_SIGNAL_BACKLOG_BYTES)
      connection.send(this.#options.codec.encode(message))
  }

  /** @internal See {@link ConnectionHandlers}. */
  opened(token: string | undefined): void {
    const previous = this.#session
    this.requests.open()
    this.requests.ask<'connect'>(
      {
        type: 'connect',
        token,
        version: this.#options.version,
        resume: previous && { clientId: previous.clientId, secret: previous.secret },
      },
      {
        reply: (session) => this.#ready(session, previous),
        // Verdicts come as closes; an error reply is a server that cannot judge.
        error: (error) => this.connection.fail(CONNECT_TIMEOUT, error),
      },
    )
    this.#handlers.opened()
  }

  #ready(session: ConnectResult, previous: ConnectResult | undefined): void {
    this.#session = session
    this.#heartbeat = new Heartbeat(this.#options.clock, session.heartbeatMs, {
      // Past the limit of outstanding commands: a server that is busy with them is not dead.
      ping: () => this.connection.send(this.requests.encode({ type: 'ping' }).payload),
      dead: () => this.connection.fail(HEARTBEAT_TIMEOUT, disconnectedError('No sign of life.')),
    })
    this.requests.ready(session.limits)
    this.#handlers.ready(session, previous)
    // Last, because the application is told now and may send: after all that has been waiting.
    this.connection.ready()
  }

  /** @internal See {@link ConnectionHandlers}. */
  message(payload: Payload): void {
    this.#heartbeat?.heard()
    let message: ServerMessage
    try {
      message = this.#options.codec.decode(payload) as ServerMessage
    } catch (cause) {
      const error = disconnectedError('Cannot be decoded.', cause)
      return this.connection.fail(MALFORMED_MESSAGE, error)
    }
    if (message?.type === 'reply' || message?.type === 'error') return this.requests.answer(message)
    if (message?.type === 'drain') return this.connection.drain(message.windowMs)
    // A newer server may say more than this client knows: what no room knows is passed over.
    if (message) this.#handlers.push(message)
  }

  /** @internal See {@link ConnectionHandlers}. */
  closed(final: RoomcastError | undefined): void {
    this.#heartbeat?.stop()
    this.#heartbeat = undefined
    if (final) {
      this.#stopWatching?.()
      this.#stopWatching = undefined
    }
    this.requests.close(final)
    this.#handlers.closed(final)
  }

  /** @internal See {@link ConnectionHandlers}. */
  changed(): void {
    this.#handlers.changed()
  }
}
