// Tells the application what has happened in its rooms and with its clients.
import type { Position } from '@roomcast/protocol/wire'
import type { Logger } from '../logger.ts'
import { isThenable } from '../util/is-thenable.ts'
import { ownValue } from '../util/own-value.ts'
import type { AnyContext, AnyHandlers, Authorizer } from './authorizer.ts'
import type { Route } from './channel-router.ts'
import type { Identity, SessionInfo } from './handlers.ts'
import type { RoomFactory } from './room-factory.ts'

/** How a session ended. */
export interface Disconnection {
  /** The close code of its connection. */
  readonly code: number
}

/**
 * What an application wants to know about its clients. Hooks are told what has happened: they change nothing, nobody waits for
 * them, and an error in one is logged.
 */
export interface ClientHooks<I extends Identity = Identity> {
  /** A client has connected, or connected again. */
  readonly onConnected?: (event: { readonly session: SessionInfo<I> }) => unknown
  /** The connection of a client is over; it may come back. */
  readonly onDisconnected?: (event: { readonly session: SessionInfo<I> } & Disconnection) => unknown
}

export interface HooksOptions {
  readonly authorizer: Authorizer
  readonly rooms: RoomFactory
  readonly clients: ClientHooks
  readonly logger: Logger
}

/** What a publish has become. */
export interface PublishedItem {
  readonly event: string
  readonly data: unknown
  readonly position: Position
}

type Hook = (context: never) => unknown

/** Calls hooks, and answers for them. */
export class Hooks {
  readonly #options: HooksOptions

  constructor(options: HooksOptions) {
    this.#options = options
  }

  connected(session: SessionInfo): void {
    this.#call('onConnected', this.#options.clients.onConnected, { session })
  }

  disconnected(session: SessionInfo, { code }: Disconnection): void {
    this.#call('onDisconnected', this.#options.clients.onDisconnected, { session, code })
  }

  subscribed(session: SessionInfo, route: Route): void {
    this.#tell('onSubscribed', route, session)
  }

  unsubscribed(session: SessionInfo, route: Route): void {
    this.#tell('onUnsubscribed', route, session)
  }

  /** A client's publish has been applied. */
  published(session: SessionInfo, route: Route, { event, data, position }: PublishedItem): void {
    const hook = ownValue(this.#handlersOf(route)?.onPublished, event)
    if (hook === undefined) return
    const context: AnyContext = this.#options.authorizer.context(session, route)
    this.#call('onPublished', hook, { ...context, data, position })
  }

  /** The first on this instance has joined a room. */
  opened(route: Route): void {
    this.#tellOfRoom('onOpened', route)
  }

  /** The last on this instance has left a room. */
  closed(route: Route): void {
    this.#tellOfRoom('onClosed', route)
  }

  #handlersOf({ pattern }: Route): AnyHandlers | undefined {
    return this.#options.authorizer.handlersOf(pattern)
  }

  #tell(name: 'onSubscribed' | 'onUnsubscribed', route: Route, session: SessionInfo): void {
    const hook = this.#handlersOf(route)?.[name]
    if (hook !== undefined) this.#call(name, hook, this.#options.authorizer.context(session, route))
  }

  #tellOfRoom(name: 'onOpened' | 'onClosed', route: Route): void {
    const hook = this.#handlersOf(route)?.[name]
    if (hook !== undefined) {
      this.#call(name, hook, { params: route.params, room: this.#options.rooms.create(route) })
    }
  }

  #call(name: string, hook: Hook | undefined, context: object): void {
    if (hook === undefined) return
    try {
      const answer = hook(context as never)
      if (isThenable(answer)) answer.then(undefined, (error: unknown) => this.#failed(name, error))
    } catch (error) {
      this.#failed(name, error)
    }
  }

  #failed(hook: string, error: unknown): void {
    this.#options.logger.error({ err: error, hook }, 'a hook failed')
  }
}
