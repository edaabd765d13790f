// Something that the server does for this client as long as anybody holds a lease, such as a subscription: asked for on
// each new connection, asked for again when the server could not do it, and withdrawn after the last lease.
import type { ResultOf, RoomcastError } from '@roomcast/protocol/wire'
import { LeaseSet, type LeaseOptions } from './lease-set.ts'
import type { RequestTracker, Unnumbered } from './request-tracker.ts'
import { Retry, type RetryContext } from '../connection/retry.ts'

type AskType = 'subscribe' | 'presenceWatch'

/** What a shared request is about. */
export interface SharedRequestHandlers<Type extends AskType> {
  /** The command that withdraws. */
  readonly withdrawal: Unnumbered<'unsubscribe' | 'presenceUnwatch'>
  /** The command that asks. */
  ask(): Unnumbered<Type>
  granted(result: ResultOf[Type]): void
  /** All leases are over: they were released, or the server will not do it. */
  ended(error: RoomcastError | undefined): void
}

/** What shared requests need from their client. */
export interface SharedRequestContext extends RetryContext {
  readonly requests: RequestTracker
  readonly commandTimeoutMs: number
  readonly lingerMs: number
  /** Tells that a snapshot changed. */
  readonly changed: () => void
}

/** One shared request. */
export class SharedRequest<Type extends AskType> {
  readonly #context: SharedRequestContext
  readonly #handlers: SharedRequestHandlers<Type>
  readonly #leases: LeaseSet
  readonly #retry: Retry
  /** The last command that asked on this connection. Answers to earlier ones, and pushes before its own, are stale. */
  #attempt: { isGranted: boolean } | undefined

  constructor(context: SharedRequestContext, handlers: SharedRequestHandlers<Type>) {
    this.#context = context
    this.#handlers = handlers
    this.#retry = new Retry(context)
    this.#leases = new LeaseSet(context.clock, context.lingerMs, () => this.#end())
  }

  /** Whether it is being served; only then do pushes belong to it. */
  get isGranted(): boolean {
    return this.#attempt?.isGranted === true
  }

  /** Whether anybody needs it, or did so a moment ago. */
  get isActive(): boolean {
    return this.#leases.isActive
  }

  /** Takes a lease. Resolves, with what releases it, when the request is granted. */
  lease(options: LeaseOptions): Promise<() => void> {
    const wasActive = this.isActive
    const lease = this.#leases.add(options)
    if (this.isGranted) this.#leases.ready()
    if (!wasActive && this.isActive) this.renew()
    return lease
  }

  /** Asks, also anew on the same connection, because what is being served is not what is needed. */
  renew(): void {
    this.#retry.cancel()
    const attempt = { isGranted: false }
    this.#attempt = attempt
    this.#context.changed()
    const isCurrent = (): boolean => this.#attempt === attempt
    this.#context.requests.ask<AskType>(
      this.#handlers.ask(),
      {
        reply: (result) => {
          if (!isCurrent()) return
          attempt.isGranted = true
          this.#retry.reset()
          this.#handlers.granted(result as ResultOf[Type])
          this.#leases.ready()
          this.#context.changed()
        },
        error: (error) => {
          if (isCurrent()) this.revoked(error)
        },
        lost: () => isCurrent() && this.#settle(),
      },
      this.#context.commandTimeoutMs,
    )
  }

  /** The server does not do it any more. */
  revoked(error: RoomcastError): void {
    this.#settle()
    if (error.temporary) return void this.#retry.after(error, () => this.renew())
    this.#leases.clear(error)
    this.#handlers.ended(error)
  }

  /** A connection is open. */
  opened(): void {
    if (this.isActive) this.renew()
  }

  /** The connection is gone; `final` says why if the client will not make another one by itself. */
  closed(final: RoomcastError | undefined): void {
    this.#settle()
    if (final) this.#leases.turnAway(final)
  }

  #end(): void {
    // Nobody waits for the answer: the commands of one connection that concern a room are applied in order.
    this.#context.requests.ask(this.#handlers.withdrawal, {})
    this.#settle()
    this.#handlers.ended(undefined)
  }

  #settle(): void {
    this.#attempt = undefined
    this.#retry.cancel()
    this.#context.changed()
  }
}
