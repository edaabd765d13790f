// A connection as web streams, in the shape of the browser's WebSocketStream.
import type { WebSocketCloseEvent } from '../connection/message-delivery.ts'
import type { WebSocketConnection } from '../connection/websocket-connection.ts'
import { WebSocketClosedError } from './closed-error.ts'
import type { WebSocketMessage } from './messages-of.ts'

/** The two directions of a connection. */
export interface WebSocketStreams {
  /**
   * The messages that arrive. What is not read stops the peer. Closes after a clean close and errors with
   * {@link WebSocketClosedError} after any other; cancelling it closes the connection with 1000.
   */
  readonly readable: ReadableStream<WebSocketMessage>
  /**
   * Sends what is written: a string as a text message, bytes as a binary one. A write is done when what waits to be
   * sent is below the high-water mark (`highWaterMarkBytes`). Closing it closes the connection with 1000 after what was
   * written; aborting it terminates the connection. Errors with {@link WebSocketClosedError} if the connection breaks;
   * after a clean close only writes fail.
   */
  readonly writable: WritableStream<WebSocketMessage>
  /** How the connection ended; never rejects. */
  readonly closed: Promise<WebSocketCloseEvent>
}

/**
 * Makes streams of a connection, in place of `setHandlers`.
 *
 * @example
 * const { readable, writable } = toStreams(connection)
 * await readable.pipeThrough(upperCase).pipeTo(writable)
 */
export function toStreams(connection: WebSocketConnection): WebSocketStreams {
  const adapter = new StreamAdapter(connection)
  return {
    readable: adapter.createReadable(),
    writable: adapter.createWritable(),
    closed: adapter.closed,
  }
}

class StreamAdapter {
  readonly #connection: WebSocketConnection
  #reader: ReadableStreamDefaultController<WebSocketMessage> | undefined
  #writer: WritableStreamDefaultController | undefined
  #waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined
  #onClosed!: (event: WebSocketCloseEvent) => void
  readonly closed = new Promise<WebSocketCloseEvent>((resolve) => (this.#onClosed = resolve))

  constructor(connection: WebSocketConnection) {
    this.#connection = connection
    connection.pause()
  }

  createReadable(): ReadableStream<WebSocketMessage> {
    return new ReadableStream<WebSocketMessage>({
      start: (controller) => {
        this.#reader = controller
        this.#connection.setHandlers({
          message: (data) => this.#take(data),
          close: (event) => this.#finish(event),
          drain: () => this.#drained(),
        })
      },
      pull: () => this.#connection.resume(),
      cancel: () => {
        this.#reader = undefined
        this.#connection.close(1000)
      },
    })
  }

  createWritable(): WritableStream<WebSocketMessage> {
    return new WritableStream<WebSocketMessage>({
      start: (controller) => {
        this.#writer = controller
        // `abort` below comes only when the write under way is done, and that may wait for the peer.
        const { signal } = controller as { readonly signal?: AbortSignal }
        signal?.addEventListener('abort', () => this.#connection.terminate())
      },
      write: (data) => this.#write(data),
      close: async () => {
        this.#connection.close(1000)
        await this.closed
      },
      abort: () => this.#connection.terminate(),
    })
  }

  async #write(data: WebSocketMessage): Promise<void> {
    if (!this.#connection.send(data)) throw new WebSocketClosedError(await this.closed)
    if (!this.#connection.isCongested) return
    await new Promise<void>((resolve, reject) => (this.#waiting = { resolve, reject }))
  }

  #take(data: WebSocketMessage): void {
    this.#reader?.enqueue(data)
    if ((this.#reader?.desiredSize ?? 1) <= 0) this.#connection.pause()
  }

  #finish(event: WebSocketCloseEvent): void {
    this.#onClosed(event)
    const error = new WebSocketClosedError(event)
    if (event.wasClean) this.#reader?.close()
    else this.#reader?.error(error)
    // After a clean close the writable is left to be closed, as `pipeTo` does with it.
    if (!event.wasClean) this.#writer?.error(error)
    this.#waiting?.reject(error)
  }

  #drained(): void {
    this.#waiting?.resolve()
    this.#waiting = undefined
  }
}
