// The entry of this client in one room. What was entered is entered again on each new connection, until it is left.
import type { RoomcastError } from '@roomcast/protocol/wire'
import { Retry } from '../connection/retry.ts'
import { clientError } from '../errors.ts'
import type { SubscriptionContext } from '../subscription/room-subscription.ts'

type EntryCommand = 'presenceEnter' | 'presenceUpdate' | 'presenceLeave'

/** Settles the promise of one `enter`, `update` or `leave`, which without an error has come true. */
type Waiter = (error?: RoomcastError) => void

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
    return this.#change('presenceEnter')
  }

  update(data: unknown): Promise<void> {
    if (!this.#wanted) return Promise.reject(clientError('notEntered', 'Enter first.'))
    this.#wanted = { data }
    return this.#change('presenceUpdate')
  }

  leave(): Promise<void> {
    this.#wanted = this.#granted = undefined
    return this.#change('presenceLeave')
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
    for (const settle of this.#waiters.splice(0)) settle(final)
    // Who was told that entering failed is not to find itself present after a later connect.
    if (this.#wanted) this.#wanted = this.#granted
    // The server removes the entry, at once or after its grace, unless it is entered again.
    this.#mayBeHere = false
  }

  #change(type: EntryCommand): Promise<void> {
    this.#retry.cancel()
    return new Promise((resolve, reject) => {
      this.#send(type, [(error) => (error ? reject(error) : resolve())])
    })
  }

  #restore(): void {
    this.#send(this.#wanted ? 'presenceEnter' : 'presenceLeave', this.#waiters.splice(0))
  }

  /** Tells the server the wish as it is now, unless it holds nothing and is to hold nothing. */
  #send(type: EntryCommand, waiters: readonly Waiter[]): void {
    const wish = this.#wanted
    const wasHere = this.#mayBeHere
    if (!wish && !wasHere) return waiters.forEach((settle) => settle())
    this.#mayBeHere = true
    this.#context.requests.ask<EntryCommand>(
      { type, room: this.#room, data: wish?.data },
      {
        reply: () => {
          // Who has left meanwhile is not to come back when the leave fails.
          this.#granted = this.#wanted && wish
          if (!wish && !this.#wanted) this.#mayBeHere = false
          for (const settle of waiters) settle()
        },
        error: (error) => {
          for (const settle of waiters) settle(error)
          if (this.#wanted === wish) this.#refused(type, error, waiters.length > 0)
        },
        // All three may be repeated: they say what is, not what changes.
        lost: (wasWritten) => {
          if (!wasWritten) this.#mayBeHere = wasHere
          this.#waiters.push(...waiters)
        },
      },
      this.#context.commandTimeoutMs,
    )
  }

  /** A wish of the application failed: what was before holds. A repetition of ours failed: try again, or give up. */
  #refused(type: EntryCommand, error: RoomcastError, wasTold: boolean): void {
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
