// The composition root of a client: the link to the server, the queue, and the rooms, and what passes between them.
import type { RoomcastError } from '@roomcast/protocol/wire'
import type { ClientStatus, ConnectionState } from './connection/connection.ts'
import { Link } from './connection/link.ts'
import { disconnectedError } from './errors.ts'
import { Emitter } from './events/emitter.ts'
import { Store } from './events/store.ts'
import type { ResolvedOptions } from './options.ts'
import { CommandQueue } from './request/command-queue.ts'
import { createRoomHandle, type RoomClient, type RoomHandle } from './room/room-handle.ts'
import { roomName } from './room/room-name.ts'
import { Rooms } from './room/room-state.ts'
import type { Off } from './room/room.ts'

/** What happens to a client. */
export interface ClientEvents {
  /** `client.status` is another one. */
  state: ClientStatus
  /** After a reconnect the server runs another contract: offer a reload. */
  contractChanged: { readonly contractHash: string }
  /** A handler of the application threw, or something failed that nobody awaits. */
  error: unknown
}

/** Makes a client without types: what `Client` shows to applications. */
export function createClientCore(options: ResolvedOptions) {
  const { logger } = options
  /** Why the client is stopped and does not begin by itself. */
  let stopped: RoomcastError | undefined
  let isReporting = false

  /** Without a handler for them, and for errors of such a handler, errors go where those go that nobody caught. */
  const report = (error: unknown): void => {
    logger?.error({ error }, 'unhandled')
    if (isReporting || !events.has('error')) {
      // eslint-disable-next-line no-console -- the last resort of hosts, such as Node 20, that have no reportError
      return ((globalThis.reportError as typeof reportError | undefined) ?? console.error)(error)
    }
    isReporting = true
    events.emit('error', error)
    isReporting = false
  }
  const events = new Emitter<ClientEvents>(report)
  const store = new Store(report)

  const link: Link = new Link(options, {
    opened: () => rooms.opened(),
    ready(session, previous) {
      queue.ready(session)
      const { contractHash } = session
      if (previous && previous.contractHash !== contractHash) events.emit('contractChanged', { contractHash })
    },
    closed(final) {
      rooms.closed(final)
      if (!final) return
      stopped ??= final
      queue.stop(final)
    },
    push: (push) => rooms.receive(push),
    changed() {
      const { status } = link.connection
      logger?.info(status, 'connection')
      store.changed()
      events.emit('state', status)
    },
  })
  const { connection, requests } = link
  const queue = new CommandQueue(options, requests)
  const rooms = new Rooms({ ...options, requests, report, changed: store.changed })

  const roomClient: RoomClient = {
    options,
    link,
    queue,
    rooms,
    start() {
      if (stopped) throw stopped
      link.start()
    },
    watch: (select) => store.watch(select),
  }

  return {
    get state(): ConnectionState {
      return connection.status.state
    },
    get status(): ClientStatus {
      return connection.status
    },
    get clientId(): string | undefined {
      return link.session?.clientId
    },
    get userId(): string | undefined {
      return link.session?.userId
    },
    connect(): void {
      stopped = undefined
      link.start()
    },
    disconnect(): void {
      stopped ??= disconnectedError('Disconnected.')
      connection.stop(stopped)
    },
    room: (pattern: string, params?: Readonly<Record<string, unknown>>): RoomHandle =>
      createRoomHandle(roomName(pattern, params), roomClient),
    on: <Name extends keyof ClientEvents>(name: Name, handler: (event: ClientEvents[Name]) => void): Off =>
      events.on(name, handler),
    watch: roomClient.watch,
  }
}
