// The composition root of a client: the link to the server, the queue, and the rooms, and what passes between them.
import type { ConnectResult, RoomcastError } from '@roomcast/protocol/wire'
import type { ClientStatus, ConnectionState } from './connection/connection.ts'
import { Link } from './connection/link.ts'
import { disconnectedError } from './errors.ts'
import { Emitter } from './events/emitter.ts'
import { Store, type Watched } from './events/store.ts'
import type { ResolvedOptions } from './options.ts'
import { randomId } from './random.ts'
import { CommandQueue } from './request/command-queue.ts'
import { createRoomHandle, type RoomClient, type RoomHandle } from './room/room-handle.ts'
import { roomName } from './room/room-name.ts'
import { Rooms } from './room/room-state.ts'
import type { CallOptions, Off, Published } from './room/room.ts'

/** What happens to a client. */
export interface ClientEvents {
  /** `client.status` is another one. */
  state: ClientStatus
  /** After a reconnect the server runs another contract: offer a reload. */
  contractChanged: { readonly contractHash: string }
  /** A handler of the application threw, or something failed that nobody awaits. */
  error: unknown
}

/** Signals give way when this much waits to be written, in bytes: what matters must not queue behind them. */
const MAX_SIGNAL_BACKLOG_BYTES = 65_536

/** One client, without types: what `Client` shows to applications, and what its room handles need. */
export class ClientCore implements RoomClient {
  readonly rooms: Rooms
  readonly #options: ResolvedOptions
  readonly #events: Emitter<ClientEvents>
  readonly #link: Link
  readonly #store: Store
  readonly #queue: CommandQueue
  /** Why the client is stopped and does not begin by itself. */
  #stopped: RoomcastError | undefined
  #isReporting = false

  constructor(options: ResolvedOptions) {
    const report = (error: unknown): void => this.#report(error)
    this.#events = new Emitter(report)
    this.#link = new Link(options, {
      opened: () => this.rooms.opened(),
      ready: (session, previous) => this.#ready(session, previous),
      closed: (final) => this.#closed(final),
      push: (push) => this.rooms.receive(push),
      changed: () => this.#changed(),
    })
    this.#options = options
    this.#store = new Store(report)
    this.#queue = new CommandQueue(options, this.#link.requests)
    this.rooms = new Rooms({
      ...options,
      requests: this.#link.requests,
      report,
      changed: this.#store.changed,
    })
  }

  get state(): ConnectionState {
    return this.status.state
  }

  get status(): ClientStatus {
    return this.#link.connection.status
  }

  get clientId(): string | undefined {
    return this.#link.session?.clientId
  }

  get userId(): string | undefined {
    return this.#link.session?.userId
  }

  connect(): void {
    this.#stopped = undefined
    this.#link.start()
  }

  disconnect(): void {
    this.#stopped ??= disconnectedError('Disconnected.')
    this.#link.connection.stop(this.#stopped)
  }

  room(pattern: string, params?: Readonly<Record<string, unknown>>): RoomHandle {
    return createRoomHandle(roomName(pattern, params), this)
  }

  on<Name extends keyof ClientEvents>(name: Name, handler: (event: ClientEvents[Name]) => void): Off {
    return this.#events.on(name, handler)
  }

  start(): void {
    if (this.#stopped) throw this.#stopped
    this.#link.start()
  }

  async publish(room: string, event: string, data: unknown): Promise<Published> {
    this.start()
    const publishId = randomId(this.#options.random)
    const { position } = await this.#queue.publish({ type: 'publish', room, event, publishId, data })
    return { offset: position.offset, id: publishId }
  }

  async call(room: string, call: string, data: unknown, { timeoutMs }: CallOptions): Promise<unknown> {
    this.start()
    const command = { type: 'call', room, call, data } as const
    const result = await this.#queue.call(command, timeoutMs ?? this.#options.commandTimeoutMs)
    return result.data
  }

  signal(room: string, signal: string, data: unknown): void {
    if (this.#link.connection.bufferedBytes < MAX_SIGNAL_BACKLOG_BYTES)
      this.#link.send({ type: 'signal', room, signal, data })
  }

  watch<T>(select: () => T): Watched<T> {
    return this.#store.watch(select)
  }

  #ready(session: ConnectResult, previous: ConnectResult | undefined): void {
    this.#queue.ready(session)
    this.rooms.ready()
    const { contractHash } = session
    if (previous && previous.contractHash !== contractHash)
      this.#events.emit('contractChanged', { contractHash })
  }

  #closed(final: RoomcastError | undefined): void {
    this.rooms.closed(final)
    if (!final) return
    this.#stopped ??= final
    this.#queue.stop(final)
  }

  #changed(): void {
    const { status } = this
    this.#options.logger?.info(status, 'connection')
    this.#store.changed()
    this.#events.emit('state', status)
  }

  /** Without a handler for them, and for errors of such a handler, errors go where those go that nobody caught. */
  #report(error: unknown): void {
    this.#options.logger?.error({ error }, 'unhandled')
    if (this.#isReporting || !this.#events.has('error')) {
      // eslint-disable-next-line no-console -- the last resort of hosts, such as Node 20, that have no reportError
      return ((globalThis.reportError as typeof reportError | undefined) ?? console.error)(error)
    }
    this.#isReporting = true
    this.#events.emit('error', error)
    this.#isReporting = false
  }
}
