// A Roomcast server as applications see it.
import type { ChannelOf, Contract, EventsOf, InputOf, ParamsInput } from '@roomcast/protocol'
import type { RoomDirectory } from './control/room-directory.ts'
import type { SessionDirectory } from './control/session-directory.ts'
import type { DrainOptions } from './drain.ts'
import type { ChannelHandlers, Identity } from './routing/handlers.ts'
import type { ServerPublished, ServerPublishOptions, ServerRoom } from './routing/server-room.ts'
import type { ConnectionRequest } from './session/services.ts'
import type { Transport } from './transport/transport.ts'
import type { AnyHttpServer } from './websocket/handshake/upgrade-dispatcher.ts'

/** Where to attach. */
export interface AttachOptions {
  /**
   * The path at which clients connect. `'*'` stands for every path at which nothing else is attached.
   * @default '/realtime'
   */
  readonly path?: string | undefined
  /**
   * Whether clients are accepted over HTTP/2 too (RFC 8441). Needs a server of node:http2, best made with
   * `http2ServerOptions()` of `@roomcast/server/websocket`.
   * @default false
   */
  readonly http2?: boolean | undefined
}

/** A server's place on an HTTP server. */
export interface Attachment {
  /** Stops accepting there, closes those connections with 1012, and resolves when they are gone. */
  close(): Promise<void>
}

/** A Roomcast server. */
export interface Roomcast<T extends Contract = Contract, I extends Identity = Identity> {
  /** Says who may do what in the rooms of a channel, and answers its calls. @throws {TypeError} for an unknown channel. */
  channel<P extends keyof T['channels'] & string>(pattern: P, handlers: ChannelHandlers<T, P, I>): void
  /**
   * A room, for the server's own code.
   * @throws {TypeError | RangeError} if the parameters do not name a room of this channel.
   * @example
   * await roomcast.room('chat:{roomId}', { roomId: '42' }).publish('message', { text: 'hello' })
   */
  room<P extends keyof T['channels'] & string>(
    pattern: P,
    params: ParamsInput<T, P>,
  ): ServerRoom<ChannelOf<T, P>>
  /**
   * Accepts clients at a path of an HTTP server. Other paths and other upgrade handlers are left alone.
   *
   * @throws {TypeError} if it is no HTTP server (that of an Express app is what `listen` returns), or an option makes no sense.
   * @throws {Error} if the path is taken.
   */
  attach(server: AnyHttpServer, options?: AttachOptions): Attachment
  /**
   * Publishes one thing to many rooms of a channel. The data is checked once, and the id is the same in all of them.
   *
   * @returns what came of it in each room, in their order.
   * @throws {TypeError | RangeError} if some parameters do not name a room of this channel; nothing is published then.
   * @throws {RoomcastError} `invalidData` if the data does not satisfy the contract.
   * @example
   * await roomcast.publish('chat:{roomId}', [{ roomId: '1' }, { roomId: '2' }], 'message', { text: 'to all' })
   */
  publish<P extends keyof T['channels'] & string, Name extends keyof EventsOf<ChannelOf<T, P>> & string>(
    pattern: P,
    params: readonly ParamsInput<T, P>[],
    event: Name,
    data: InputOf<EventsOf<ChannelOf<T, P>>[Name]>,
    options?: ServerPublishOptions,
  ): Promise<readonly PromiseSettledResult<ServerPublished>[]>
  /** The sessions of all instances: who is there, and how they are ended. */
  readonly sessions: SessionDirectory
  /** The rooms of all instances that have subscribers. */
  readonly rooms: RoomDirectory<keyof T['channels'] & string>
  /** Begins a session on any transport; what `attach` does for WebSocket connections. */
  accept(transport: Transport, request: ConnectionRequest): void
  /** How many clients are connected to this instance. */
  readonly sessionCount: number
  /**
   * Takes leave of the clients before a deployment: accepts nobody any more (503), sends everybody away at random moments (1012),
   * then closes. Clients come back, to other instances or to the next process, and recover.
   *
   * @throws {TypeError} if an option makes no sense.
   */
  drain(options?: DrainOptions): Promise<void>
  /** Closes every connection with 1012 at once and releases everything; see `drain`. */
  close(): Promise<void>
}
