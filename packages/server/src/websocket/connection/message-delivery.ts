// Hands messages to the application: in order, not too many at a time, none while it is paused, none lost.
import { isThenable } from '../../util/is-thenable.ts'
import type { ConnectionContext } from './connection-context.ts'
import { TurnBudget } from './turns.ts'

/** How a connection ended. */
export interface WebSocketCloseEvent {
  /** The peer's close code (1005 if it gave none), the code we failed the connection with, or 1006. */
  readonly code: number
  readonly reason: string
  /** Whether both sides sent a Close frame and neither broke the protocol. */
  readonly wasClean: boolean
}

/**
 * What an application hears from a connection. What a handler throws, or an asynchronous one rejects with, is logged and
 * closes the connection with 1011. Handlers are not awaited: to take one message at a time, iterate (`messagesOf`) or
 * pause.
 */
export interface WebSocketHandlers {
  /** A text message as a string, a binary one as bytes, which may be a view of a larger buffer. */
  message(data: string | Uint8Array): unknown
  /** Called exactly once, after the last message. */
  close?(event: WebSocketCloseEvent): unknown
  /** What waits to be sent has passed the high-water mark, and the peer does not take it. */
  congested?(): unknown
  /** What waited to be sent was above the high-water mark and is now at most half of it. */
  drain?(): unknown
}

/** The connection, as what it delivers sees it. */
export interface DeliveryHost {
  readonly context: ConnectionContext
  /** A handler threw. */
  handlerFailed(error: unknown): void
  /** Messages that had to wait have all been delivered. */
  emptied(): void
}

/** What waits most of the time. Never written to. */
const NOTHING: (string | Uint8Array)[] = []

/** A queue between a connection and its handlers. */
export class MessageDelivery {
  readonly #host: DeliveryHost
  #handlers: WebSocketHandlers | undefined
  #waiting = NOTHING
  /** The messages before this index were delivered. */
  #head = 0
  #onDelivered: (() => void) | undefined
  #closeEvent: WebSocketCloseEvent | undefined
  #lateBudget: TurnBudget | undefined
  #isPaused = false
  #isLast = false
  #isRunning = false
  #isDeferred = false

  constructor(host: DeliveryHost) {
    this.#host = host
  }

  get hasHandlers(): boolean {
    return this.#handlers !== undefined
  }

  /** Whether messages wait, for handlers, for `resume` or for the next turn. */
  get hasWaiting(): boolean {
    return this.#head < this.#waiting.length
  }

  /** @throws {TypeError} for what are no handlers. @throws {Error} if there are some already. */
  setHandlers(handlers: WebSocketHandlers): void {
    assertHandlers(handlers)
    if (this.#handlers !== undefined) {
      throw new Error('This connection is being read already, by its handlers, an iterator or streams.')
    }
    this.#handlers = handlers
    this.#runWaiting()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#runWaiting()
  }

  /** Adds a message; `run` delivers it. */
  push(message: string | Uint8Array): void {
    if (this.#waiting === NOTHING) this.#waiting = []
    this.#waiting.push(message)
  }

  /** Calls back once all messages have been delivered and nothing is paused; at once if that is so already. */
  whenDelivered(callback: () => void): void {
    this.#onDelivered = callback
    if (!this.#isRunning) this.#reportDelivered()
  }

  /** Adds the end: the close event follows the last message. */
  end(event: WebSocketCloseEvent): void {
    this.#closeEvent = event
    this.run()
  }

  /** Drops the messages that wait. */
  clear(): void {
    this.#waiting = NOTHING
    this.#head = 0
  }

  /** Delivers all that waits, paused or not: the connection is over, and this is the last chance. */
  flush(): void {
    this.#isPaused = false
    this.#isLast = true
    this.run()
  }

  congested(): void {
    this.#guard(() => this.#handlers?.congested?.())
  }

  drained(): void {
    this.#guard(() => this.#handlers?.drain?.())
  }

  /** Delivers what waits, as far as it may. Calls from within a handler change nothing. */
  run(): void {
    const handlers = this.#handlers
    if (this.#isRunning) return
    if (handlers === undefined) return this.#reportDelivered()
    this.#isRunning = true
    const budget = this.#budget.left
    let delivered = 0
    while (this.hasWaiting && (this.#isLast || (!this.#isPaused && delivered < budget))) {
      delivered++
      this.#deliver(handlers, this.#waiting[this.#head++]!)
    }
    this.#budget.spend(delivered)
    this.#isRunning = false
    if (this.hasWaiting) {
      if (!this.#isPaused) this.#runNextTurn()
      return
    }
    this.clear()
    this.#reportDelivered()
    this.#deliverEnd(handlers)
  }

  /** As `#guard`, without a closure for each message. */
  #deliver(handlers: WebSocketHandlers, message: string | Uint8Array): void {
    try {
      const result = handlers.message(message)
      if (result !== undefined && isThenable(result)) this.#watch(result)
    } catch (error) {
      this.#host.handlerFailed(error)
    }
  }

  /** However many chunks arrive in a turn, they share what may be delivered in it. */
  get #budget(): TurnBudget {
    const { turns, limits } = this.#host.context
    return (this.#lateBudget ??= new TurnBudget(turns, limits.maxMessagesPerTurn))
  }

  /** Delivers what had to wait and says so when nothing is left. */
  #runWaiting(): void {
    this.run()
    if (!this.hasWaiting) this.#host.emptied()
  }

  #runNextTurn(): void {
    if (this.#isDeferred) return
    this.#isDeferred = true
    this.#host.context.clock.defer(() => {
      this.#isDeferred = false
      this.#runWaiting()
    })
  }

  #reportDelivered(): void {
    const report = this.#onDelivered
    if (report === undefined || this.hasWaiting || this.#isPaused) return
    this.#onDelivered = undefined
    report()
  }

  #deliverEnd(handlers: WebSocketHandlers): void {
    const event = this.#closeEvent
    if (event === undefined) return
    this.#closeEvent = undefined
    this.#guard(() => handlers.close?.(event))
  }

  #guard(call: () => unknown): void {
    try {
      // Most handlers return nothing. Of what an asynchronous one does, only its failure is our business.
      const result = call()
      if (isThenable(result)) this.#watch(result)
    } catch (error) {
      this.#host.handlerFailed(error)
    }
  }

  #watch(result: PromiseLike<unknown>): void {
    result.then(undefined, (error: unknown) => this.#host.handlerFailed(error))
  }
}

function assertHandlers(handlers: unknown): asserts handlers is WebSocketHandlers {
  const { message, close, congested, drain } = (handlers ?? {}) as Record<string, unknown>
  const isHandler = (value: unknown): boolean => value === undefined || typeof value === 'function'
  if (typeof message === 'function' && [close, congested, drain].every(isHandler)) return
  throw new TypeError('Handlers are { message, close?, congested?, drain? }, each a function.')
}
