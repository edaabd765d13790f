// One client: from its first message to the end of its connection. What the commands do is in commands/.
import {
  CLOSE_CODES,
  UNSUBSCRIBE_CODES,
  DecodeError,
  type AnsweredCommand,
  type CloseCodeName,
  type Command,
  type Payload,
  type Position,
  type Publisher,
  type PublishResult,
  type ServerMessage,
  type UnsubscribeCodeName,
} from '@roomcast/protocol/wire'
import { parseCommand, type ParsedCommand } from '@roomcast/protocol'
import type { SharedMessage } from '../hub/shared-message.ts'
import type { SessionInfo } from '../routing/handlers.ts'
import { OutgoingMessage, type Transport, type TransportHandlers } from '../transport/transport.ts'
import { KeyedQueue } from '../util/keyed-queue.ts'
import { TokenBucket } from '../util/token-bucket.ts'
import { acknowledge } from './acknowledgement.ts'
import { CatchUp } from './catch-up.ts'
import { connect } from './commands/connect.ts'
import { runCommand, type Ending } from './commands/run-command.ts'
import { Opening } from './opening.ts'
import { fail, failureOf, type CommandOutcome, type Failure } from './outcome.ts'
import { OutboxWatch, type OutboxWatchOwner } from './outbox-watch.ts'
import type { ConnectionRequest, SessionServices } from './services.ts'
import type { LaneName, OpenSession, SessionContext } from './session-context.ts'
import type { RegisteredSession } from './session-registry.ts'
import type { Subscription } from './subscription.ts'

/** How long commands under way may hold up the end of a session that reads no more, in milliseconds. */
const RETIREMENT_MS = 5_000

/**
 * The server's object for one client; lives exactly as long as its connection.
 *
 * States: `opening` until `connect` is answered, then `open`, `closing` once the server ends it, then `closed`. While
 * `connect` is being judged the transport is paused, so that commands sent right behind it wait on the wire and not in
 * memory. A peer may take its time to answer a close; what is still under way in a closing session has no effect.
 */
export class Session implements SessionContext, RegisteredSession, OutboxWatchOwner, TransportHandlers {
  readonly transport: Transport
  readonly services: SessionServices
  seat = -1
  readonly #bucket: TokenBucket
  // Most sessions have no more than a subscription, so what holds the rest is made when it is needed.
  #subscriptions: Map<string, Subscription> | undefined
  #watches: Set<string> | undefined
  #entries: Set<string> | undefined
  #streamLane: KeyedQueue | undefined
  #presenceLane: KeyedQueue | undefined
  /** Only until `connect` has been answered. */
  #opening: Opening | undefined
  #state: 'opening' | 'open' | 'closing' | 'closed' = 'opening'
  #info: SessionInfo | undefined
  #publisher: Publisher | undefined
  #outstanding = 0
  /** Why the session will close once it has answered. */
  #retirement: CloseCodeName | undefined
  /** Only while much waits for the client. */
  #outboxWatch: OutboxWatch | undefined
  /** Only for clients that were slow once. */
  #catchUp: CatchUp | undefined

  /** `onOpen` is called once: when the client has been told who it is, or is gone. */
  constructor(
    transport: Transport,
    request: ConnectionRequest,
    services: SessionServices,
    onOpen: () => void = () => {},
  ) {
    this.transport = transport
    this.services = services
    const { clock, limits, registry } = services
    this.#bucket = new TokenBucket(limits.commandRate, clock.monotonic())
    const timer = clock.setTimer(() => this.disconnect('connectTimeout'), limits.connectTimeoutMs)
    this.#opening = new Opening(request, timer, onOpen)
    registry.opened(this)
    transport.start(this)
  }

  get info(): SessionInfo | undefined {
    return this.#info
  }

  get publisher(): Publisher {
    // Asked for by commands, so the session is or was open.
    const { userId, clientId } = this.#info!
    return (this.#publisher ??= { userId, clientId })
  }

  get rooms(): readonly string[] {
    return [...(this.#subscriptions?.keys() ?? [])]
  }

  isIn(room: string): boolean {
    return this.#subscriptions?.has(room) === true
  }

  get subscriptions(): Map<string, Subscription> {
    return (this.#subscriptions ??= new Map())
  }

  get watches(): Set<string> {
    return (this.#watches ??= new Set())
  }

  get entries(): Set<string> {
    return (this.#entries ??= new Set())
  }

  lane(name: LaneName): KeyedQueue {
    return name === 'stream'
      ? (this.#streamLane ??= new KeyedQueue())
      : (this.#presenceLane ??= new KeyedQueue())
  }

  get maxBufferedPublications(): number {
    return this.services.limits.maxBufferedPublications
  }

  get isClosed(): boolean {
    return this.#state === 'closing' || this.#state === 'closed'
  }

  send(message: SharedMessage): void {
    this.#transmit(message.in(this.transport.codec))
  }

  presence(message: SharedMessage): void {
    this.send(message)
  }

  goLive(subscription: Subscription, at: Position): void {
    subscription.goLive()
    this.services.hub.goLive(subscription.room, subscription, at)
    this.#catchUp?.suspend(subscription)
  }

  sendOwn(message: ServerMessage): void {
    this.#transmit(new OutgoingMessage(this.transport.codec.encode(message)))
  }

  interrupted(subscription: Subscription): void {
    this.unsubscribe(subscription.room, 'insufficientState')
  }

  unsubscribe(room: string, name: UnsubscribeCodeName): void {
    this.endSubscription(room)
    this.sendOwn({ type: 'unsubscribed', room, code: UNSUBSCRIBE_CODES[name], reason: name })
  }

  endSubscription(room: string): void {
    const subscription = this.#subscriptions?.get(room)
    if (!subscription) return
    const { hooks, hub, router } = this.services
    this.#subscriptions?.delete(room)
    subscription.end()
    hub.leave(room, subscription)
    const route = subscription.isEstablished ? router.route(room) : undefined
    if (route && this.#info) hooks.unsubscribed(this.#info, route)
  }

  expel(room: string, name: UnsubscribeCodeName): boolean {
    const wasThere = this.isIn(room) || this.#watches?.has(room) === true || this.#entries?.has(room) === true
    if (!wasThere || this.isClosed) return false
    this.evict(room)
    this.sendOwn({ type: 'unsubscribed', room, code: UNSUBSCRIBE_CODES[name], reason: name })
    return true
  }

  sendAway(reconnectWindowMs: number): void {
    if (this.#state === 'open') this.sendOwn({ type: 'drain', windowMs: reconnectWindowMs })
    this.disconnectWith(1012, 'restart')
  }

  disconnect(name: CloseCodeName): void {
    this.disconnectWith(CLOSE_CODES[name], name)
  }

  disconnectWith(code: number, reason: string): void {
    if (this.isClosed) return
    this.#state = 'closing'
    this.#endSubscriptions()
    this.transport.close(code, reason)
  }

  /** @internal See {@link TransportHandlers}. */
  congested(): void {
    const { clock, limits } = this.services
    if (this.isClosed) return
    this.#outboxWatch ??= new OutboxWatch(this, clock, limits)
    if (this.#state !== 'open') return
    // It is open, so it has its info.
    this.#catchUp ??= new CatchUp(this as OpenSession)
    this.#catchUp.congested()
  }

  /** @internal See {@link TransportHandlers}. */
  drained(): void {
    this.#outboxWatch?.stop()
    this.#outboxWatch = undefined
    this.#catchUp?.drained()
  }

  fellBehind(): void {
    this.disconnect('slowConsumer')
  }

  /** @internal See {@link TransportHandlers}. */
  message(payload: Payload): void {
    if (this.isClosed || this.#retirement) return
    let value: unknown
    try {
      value = this.transport.codec.decode(payload)
    } catch (error) {
      if (!(error instanceof DecodeError)) this.services.logger.error({ err: error }, 'a codec threw')
      return this.disconnect('malformedMessage')
    }
    const parsed = parseCommand(value)
    if (parsed.kind === 'malformed') return this.disconnect('malformedMessage')
    if (this.#state === 'opening') {
      if (parsed.kind !== 'command' || parsed.command.type !== 'connect')
        return this.disconnect('connectExpected')
      return this.#connect(parsed.command)
    }
    const cost = Math.max(1, Math.ceil(payload.length / 1024))
    const nowMs = this.services.clock.monotonic()
    if (!this.#bucket.take(nowMs, cost)) return this.#retire('rateLimited')
    const waitMs = this.#info ? this.services.rates.users.take(this.#info.userId, nowMs, cost) : 0
    if (waitMs > 0) return this.#slowDown(parsed, waitMs)
    if (parsed.kind === 'command') return this.#run(parsed.command)
    if (parsed.id > 0) this.#answer(parsed.id, fail(parsed.code, { message: parsed.message }))
  }

  /** The sessions of this user send too much together: it is asked to try again. What has no answer is dropped. */
  #slowDown(parsed: Exclude<ParsedCommand, { kind: 'malformed' }>, retryAfterMs: number): void {
    const id = parsed.kind === 'command' ? ('id' in parsed.command ? parsed.command.id : 0) : parsed.id
    if (id > 0) this.#answer(id, fail('rateLimited', { retryAfterMs }))
  }

  #connect(command: Extract<Command, { type: 'connect' }>): void {
    this.transport.pause()
    const { services } = this
    // The session is opening.
    const { request } = this.#opening!
    connect(this, command, request)
      .then(
        (info) => {
          if (!info) return
          if (this.isClosed) return services.resume.leave(info.clientId)
          this.#info = info
          this.#state = 'open'
          this.#endOpening()
          services.registry.connected(this)?.disconnect('replaced')
          services.hooks.connected(info)
        },
        (error: unknown) => {
          services.logger.error({ err: error }, 'authenticate threw')
          this.disconnectWith(1011, 'internal')
        },
      )
      .finally(() => this.transport.resume())
  }

  #endOpening(): void {
    this.#opening?.end()
    this.#opening = undefined
  }

  #run(command: Command): void {
    if (command.type === 'connect') return this.disconnect('connectExpected')
    let ending: Ending | Promise<Ending>
    try {
      // The session is open, so it has its info.
      ending = runCommand(this as OpenSession, command)
    } catch (error) {
      ending = this.#failureOf(command, error)
    }
    if (ending instanceof Promise) this.#await(command, ending)
    else this.#finish(command, ending)
  }

  /** Counts a command that takes its time. */
  #await(command: Command, ending: Promise<Ending>): void {
    const { limits, logger } = this.services
    if (++this.#outstanding === limits.maxOutstandingCommands) this.transport.pause()
    ending
      .catch((error: unknown) => this.#failureOf(command, error))
      .then((outcome) => {
        this.#finish(command, outcome)
        const wasFull = this.#outstanding-- === limits.maxOutstandingCommands
        if (this.#retirement && this.#outstanding === 0) this.disconnect(this.#retirement)
        else if (wasFull && !this.#retirement) this.transport.resume()
      })
      .catch((error: unknown) => logger.error({ err: error }, 'an answer could not be sent'))
  }

  #finish(command: Command, outcome: Ending): void {
    if (!outcome || command.type === 'signal') return
    if (command.type === 'publish' && outcome.ok) {
      // The outcome of a publish, which the compiler cannot tell from another command's.
      const { position } = outcome.result as PublishResult
      this.#transmit(new OutgoingMessage(acknowledge(this.transport.codec, command.id, position)))
    } else this.#answer(command.id, outcome)
  }

  #failureOf(command: Command, error: unknown): Failure {
    this.services.logger.error(
      { err: error, command: command.type, sessionId: this.#info?.id },
      'a command failed',
    )
    return failureOf(error) ?? fail('internal')
  }

  /** Reads no more, and closes when what was asked so far has been answered, or has had its time. */
  #retire(name: CloseCodeName): void {
    if (this.#outstanding === 0) return this.disconnect(name)
    this.#retirement = name
    this.transport.pause()
    this.services.clock.setTimer(() => this.disconnect(name), RETIREMENT_MS)
  }

  #answer(id: number, outcome: CommandOutcome<AnsweredCommand['type']>): void {
    this.sendOwn(
      outcome.ok
        ? { type: 'reply', id, result: outcome.result }
        : { type: 'error', id, error: outcome.error },
    )
  }

  #transmit(message: OutgoingMessage): void {
    if (this.isClosed) return
    this.transport.send(message)
  }

  /** @internal See {@link TransportHandlers}. */
  close(code: number): void {
    this.#state = 'closed'
    this.#endOpening()
    this.drained()
    const { hub, registry, resume } = this.services
    registry.closed(this)
    this.#endSubscriptions()
    for (const room of this.#watches ?? []) hub.unwatch(room, this)
    this.#watches = undefined
    if (!this.#info) return
    this.services.hooks.disconnected(this.#info, { code })
    resume.leave(this.#info.clientId)
    // 1000 is a client that said goodbye; anything else may come back.
    const graceMs = code === 1000 ? 0 : this.services.presenceGraceMs
    for (const room of this.#entries ?? []) this.releaseEntry(room, graceMs)
  }

  #endSubscriptions(): void {
    for (const room of this.#subscriptions?.keys() ?? []) this.endSubscription(room)
  }

  evict(room: string): void {
    this.endSubscription(room)
    if (this.#watches?.delete(room)) this.services.hub.unwatch(room, this)
    if (this.#entries?.delete(room)) this.releaseEntry(room, 0)
  }

  releaseEntry(room: string, graceMs: number): void {
    const { clientId, id } = this.#info!
    const { clock, logger, presence } = this.services
    const remove = (): void => {
      presence
        .remove(room, clientId, id)
        .catch((error: unknown) => logger.error({ err: error, room }, 'an entry could not be removed'))
    }
    if (graceMs === 0) remove()
    else clock.setTimer(remove, graceMs)
  }
}
