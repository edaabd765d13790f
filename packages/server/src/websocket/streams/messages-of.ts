// The messages of a connection as an async iterator.
import type { WebSocketCloseEvent } from '../connection/message-delivery.ts'
import type { WebSocketConnection } from '../connection/websocket-connection.ts'
import { WebSocketClosedError } from './closed-error.ts'

/** What a message is: a string if it is a text, else bytes, which may be a view of a larger buffer. */
export type WebSocketMessage = string | Uint8Array

/**
 * Iterates over the messages of a connection, in place of `setHandlers`.
 *
 * The next message is only taken when it is asked for: a loop that does not keep up stops the peer, not the memory. The
 * loop ends when the connection was closed cleanly. Leaving it early closes the connection with 1000.
 *
 * @throws {WebSocketClosedError} from within the loop, if the connection ends without a closing handshake or breaks the
 * protocol.
 * @example
 * for await (const message of messagesOf(connection)) await store(message)
 */
export function messagesOf(connection: WebSocketConnection): AsyncIterableIterator<WebSocketMessage> {
  return new MessageIterator(connection)
}

interface Waiter {
  readonly resolve: (result: IteratorResult<WebSocketMessage, undefined>) => void
  readonly reject: (error: Error) => void
}

class MessageIterator implements AsyncIterableIterator<WebSocketMessage, undefined> {
  readonly #connection: WebSocketConnection
  readonly #waiters: Waiter[] = []
  /** What was left when the connection was over; else nothing is delivered that was not asked for. */
  readonly #rest: WebSocketMessage[] = []
  #end: WebSocketCloseEvent | undefined
  #isDone = false

  constructor(connection: WebSocketConnection) {
    this.#connection = connection
    connection.pause()
    connection.setHandlers({
      message: (data) => this.#take(data),
      close: (event) => this.#finish(event),
    })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<WebSocketMessage, undefined>> {
    const value = this.#isDone ? undefined : this.#rest.shift()
    if (value !== undefined) return Promise.resolve({ done: false, value })
    return new Promise((resolve, reject) => {
      if (this.#isDone || this.#end !== undefined) {
        this.#settleEnd({ resolve, reject })
        return
      }
      this.#waiters.push({ resolve, reject })
      this.#connection.resume()
    })
  }

  /** The loop was left. */
  async return(): Promise<IteratorResult<WebSocketMessage, undefined>> {
    this.#isDone = true
    this.#connection.close(1000)
    for (const waiter of this.#waiters.splice(0)) this.#settleEnd(waiter)
    return { done: true, value: undefined }
  }

  #take(value: WebSocketMessage): void {
    const waiter = this.#waiters.shift()
    if (this.#waiters.length === 0) this.#connection.pause()
    if (waiter === undefined) this.#rest.push(value)
    else waiter.resolve({ done: false, value })
  }

  #finish(event: WebSocketCloseEvent): void {
    this.#end = event
    for (const waiter of this.#waiters.splice(0)) this.#settleEnd(waiter)
  }

  /** The error is told once; after it the iterator is done, as that of a generator is. */
  #settleEnd({ resolve, reject }: Waiter): void {
    const end = this.#end
    const failed = !this.#isDone && end !== undefined && !end.wasClean
    this.#isDone = true
    if (failed) reject(new WebSocketClosedError(end))
    else resolve({ done: true, value: undefined })
  }
}
