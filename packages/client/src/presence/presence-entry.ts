// The entry of this client in one room. What was entered is entered again on each new connection, until it is left.
import type { RoomcastError } from '@roomcast/protocol/wire'
import { clientError } from '../errors.ts'
import type { Unnumbered } from '../request/request-tracker.ts'
import { Retry } from '../connection/retry.ts'
import type { SubscriptionContext } from '../subscription/room-subscription.ts'

type EntryCommand = Unnumbered<'presenceEnter' | 'presenceUpdate' | 'presenceLeave'>

/** Settles the promise of one `enter`, `update` or `leave`. */
interface Waiter {
  resolve(): void
  reject(error: RoomcastError): void
}

/** One client's entry in one room. */
export class PresenceEntry {
  readonly #room: string
  readonly #context: SubscriptionContext
  readonly #retry: Retry
  /** What the application wants to be known of this client. */
  #wanted: { readonly data: unknown } | undefined
  /** The last wish that the server granted. */
  #granted: { readonly data: unknown } | undefined
  /** Whether the server may hold an entry of this client, which outlives connections. */
  #mayBeHere = false
  /** Those whose command is not on its way, because there is no connection. */
  #waiters: Waiter[] = []

  constructor(room: string, context: SubscriptionContext) {
    this.#room = room
    this.#context = context
    this.#retry = new Retry(context)
  }

  /** Whether there is nothing to remember. */
  get isIdle(): boolean {
    return !this.#wanted && !this.#mayBeHere && this.#waiters.length === 0
  }

  enter(data: unknown): Promise<void> {
    this.#wanted = { data }
    return this.#change({ type: 'presenceEnter', room: this.#room, data })
  }

  update(data: unknown): Promise<void> {
    if (!this.#wanted) return Promise.reject(clientError('notEntered', 'Enter first.'))
    this.#wanted = { data }
    return this.#change({ type: 'presenceUpdate', room: this.#room, data })
  }

  leave(): Promise<void> {
    this.#wanted = this.#granted = undefined
    return this.#mayBeHere ? this.#change({ type: 'presenceLeave', room: this.#room }) : Promise.resolve()
  }

  /** A connection is open: makes the server's entry what the application wants it to be. */
  opened(): void {
    this.#retry.reset()
    this.#restore()
  }

  /** The connection is gone; `final` says why if the client will not make another one by itself. */
  closed(final: RoomcastError | undefined): void {
    this.#retry.cancel()
    if (!final) return
    for (const waiter of this.#waiters.splice(0)) waiter.reject(final)
    // Who was told that entering failed is not to find itself present after a later connect.
    if (this.#wanted) this.#wanted = this.#granted
    // The server removes the entry, at once or after its grace, unless it is entered again.
    this.#mayBeHere = false
  }

  #change(command: EntryCommand): Promise<void> {
    this.#retry.cancel()
    return new Promise((resolve, reject) => this.#send(command, [{ resolve, reject }]))
  }

  #restore(): void {
    const waiters = this.#waiters.splice(0)
    const room = this.#room
    if (this.#wanted) this.#send({ type: 'presenceEnter', room, data: this.#wanted.data }, waiters)
    else if (this.#mayBeHere) this.#send({ type: 'presenceLeave', room }, waiters)
    else for (const waiter of waiters) waiter.resolve()
  }

  #send(command: EntryCommand, waiters: readonly Waiter[]): void {
    const wish = this.#wanted
    const wasHere = this.#mayBeHere
    const { requests, commandTimeoutMs } = this.#context
    this.#mayBeHere = true
    requests.ask<EntryCommand['type']>(
      command,
      {
        reply: () => {
          // Who has left meanwhile is not to come back when the leave fails.
          this.#granted = this.#wanted && wish
          if (!wish && !this.#wanted) this.#mayBeHere = false
          for (const waiter of waiters) waiter.resolve()
        },
        error: (error) => {
          for (const waiter of waiters) waiter.reject(error)
          if (this.#wanted === wish) this.#refused(command, error, waiters.length > 0)
        },
        // All three may be repeated: they say what is, not what changes.
        lost: (wasWritten) => {
          if (!wasWritten) this.#mayBeHere = wasHere
          this.#waiters.push(...waiters)
        },
      },
      commandTimeoutMs,
    )
  }

  /** A wish of the application failed: what was before holds. A repetition of ours failed: try again, or give up. */
  #refused({ type }: EntryCommand, error: RoomcastError, wasTold: boolean): void {
    const isRepetition = this.#wanted === this.#granted
    if (isRepetition && error.temporary) return void this.#retry.after(error, () => this.#restore())
    if (isRepetition) this.#granted = undefined
    this.#wanted = this.#granted
    if (!this.#wanted && error.outcome === 'notApplied') this.#mayBeHere = false
    if (!wasTold) this.#context.report(error)
    // Then nothing was entered on this connection, also not what had been before.
    if (this.#wanted && type === 'presenceEnter') this.#restore()
  }
}
