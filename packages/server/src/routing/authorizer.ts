// May this session do this? One function for each action, used by every path that leads to it.
import type { Logger } from '../logger.ts'
import { isThenable } from '../util/is-thenable.ts'
import { ownValue } from '../util/own-value.ts'
import type { Route } from './channel-router.ts'
import type { Identity, SessionInfo } from './handlers.ts'
import type { RoomFactory } from './room-factory.ts'

/** The untyped form of an application's handlers; `channel()` has checked the types. */
export interface AnyHandlers {
  readonly canSubscribe?: (context: AnyContext) => unknown
  readonly canPublish?: Readonly<Record<string, ((context: AnyContext) => unknown) | undefined>>
  readonly calls?: Readonly<Record<string, ((context: AnyContext) => unknown) | undefined>>
  readonly transform?: Readonly<Record<string, ((context: AnyContext) => unknown) | undefined>>
  readonly onSubscribed?: (context: AnyContext) => unknown
  readonly onUnsubscribed?: (context: AnyContext) => unknown
  readonly onPublished?: Readonly<Record<string, ((context: AnyContext) => unknown) | undefined>>
  readonly onOpened?: (context: RoomContext) => unknown
  readonly onClosed?: (context: RoomContext) => unknown
}

/** The untyped form of what hooks about a room are given. */
export type RoomContext = Pick<AnyContext, 'params' | 'room'>

/** The untyped form of a handler's argument. */
export interface AnyContext {
  readonly session: SessionInfo
  readonly params: Readonly<Record<string, unknown>>
  readonly room: unknown
  readonly data?: unknown
  readonly input?: unknown
  readonly fail?: unknown
}

/** What came of asking. `failed` means that the application's function threw; it has been logged. */
export type Authorization = 'allowed' | 'refused' | 'failed'

/** Data as it is published, after a transform if there is one, and the same as JSON text. */
export interface TransformedData {
  readonly value: unknown
  readonly json: string
}

/** Asks the application's handlers. What has no handler is refused. */
export class Authorizer {
  readonly #handlers = new Map<string, AnyHandlers>()
  readonly #rooms: RoomFactory
  readonly #logger: Logger

  constructor(rooms: RoomFactory, logger: Logger) {
    this.#rooms = rooms
    this.#logger = logger
  }

  register(pattern: string, handlers: AnyHandlers): void {
    this.#handlers.set(pattern, handlers)
  }

  handlersOf(pattern: string): AnyHandlers | undefined {
    return this.#handlers.get(pattern)
  }

  /** Receiving a room, reading its history and presence, entering it and calling it. */
  canSubscribe(session: SessionInfo, route: Route): Authorization | Promise<Authorization> {
    return this.#ask(
      'canSubscribe',
      this.#handlers.get(route.pattern)?.canSubscribe,
      this.context(session, route),
    )
  }

  /** Whether anybody may publish an event or send a signal at all. */
  hasPublishPolicy(route: Route, name: string): boolean {
    return this.#publishPolicy(route, name) !== undefined
  }

  /** Publishing an event or sending a signal. */
  canPublish(
    session: SessionInfo,
    route: Route,
    name: string,
    data: unknown,
  ): Authorization | Promise<Authorization> {
    return this.#ask('canPublish', this.#publishPolicy(route, name), {
      session,
      params: route.params,
      room: this.#rooms.create(route),
      data,
    })
  }

  /** What the application makes of data that it has allowed; `undefined` where it leaves all as it is. */
  transform(
    session: SessionInfo,
    route: Route,
    name: string,
    data: unknown,
  ): TransformedData | Promise<TransformedData> | undefined {
    const change = ownValue(this.#handlers.get(route.pattern)?.transform, name)
    if (!change) return undefined
    const answer = change({ ...this.context(session, route), data })
    return isThenable(answer) ? Promise.resolve(answer).then(asData) : asData(answer)
  }

  #publishPolicy(route: Route, name: string): ((context: AnyContext) => unknown) | undefined {
    return ownValue(this.#handlers.get(route.pattern)?.canPublish, name)
  }

  /** What a handler of this room is given. */
  context(session: SessionInfo<Identity>, route: Route): AnyContext {
    return { session, params: route.params, room: this.#rooms.create(route) }
  }

  /** The verdict; a promise of it only where the application answers with one. */
  #ask(
    action: string,
    policy: ((context: AnyContext) => unknown) | undefined,
    context: AnyContext,
  ): Authorization | Promise<Authorization> {
    if (!policy) return 'refused'
    try {
      const answer = policy(context)
      return isThenable(answer) ? this.#settle(action, answer, context) : verdictOf(answer)
    } catch (error) {
      return this.#failed(action, error, context)
    }
  }

  async #settle(action: string, answer: PromiseLike<unknown>, context: AnyContext): Promise<Authorization> {
    try {
      return verdictOf(await answer)
    } catch (error) {
      return this.#failed(action, error, context)
    }
  }

  #failed(action: string, error: unknown, { session }: AnyContext): Authorization {
    this.#logger.error({ err: error, action, sessionId: session.id }, 'an authorization function threw')
    return 'failed'
  }
}

/** @throws {TypeError} for what is no JSON. */
function asData(value: unknown): TransformedData {
  const json = JSON.stringify(value) as string | undefined
  if (json !== undefined) return { value, json }
  throw new TypeError('what a transform returns must be JSON')
}

const verdictOf = (answer: unknown): Authorization => (answer === true ? 'allowed' : 'refused')
