// The server's end of a connection under test, with a record of what its application heard.
import type { WebSocketCloseEvent, WebSocketConnection, WebSocketHandlers } from '@roomcast/server/websocket'
import { within } from './patience.ts'

/** What an application does with its connection. `silent` handlers hear; without any, nobody sets handlers at all. */
export type Application = (served: Served) => Partial<WebSocketHandlers> | 'no handlers'

/** Sends every message back. */
export const echo: Application = ({ connection }) => ({ message: (data) => void connection.send(data) })

/** Messages of the harness itself: they are always echoed and are not in the record. */
export const NEIGHBOUR = 'neighbour:'

/** One connection, as the application sees it. */
export class Served {
  /** What was delivered, in order. */
  readonly messages: (string | Uint8Array)[] = []
  /** The neighbours that were delivered. */
  readonly neighbours: string[] = []
  /** The close events; there must never be more than one. */
  readonly closes: WebSocketCloseEvent[] = []
  /** `message` and `close`, in the order of the events. */
  readonly events: string[] = []
  readonly #application: Application
  readonly #opened: Promise<void>
  readonly #closed: Promise<WebSocketCloseEvent>
  #onOpen!: () => void
  #onClose!: (event: WebSocketCloseEvent) => void
  #connection: WebSocketConnection | undefined
  #handles = true

  constructor(application: Application = echo) {
    this.#application = application
    this.#opened = new Promise((resolve) => (this.#onOpen = resolve))
    this.#closed = new Promise((resolve) => (this.#onClose = resolve))
  }

  get isOpened(): boolean {
    return this.#connection !== undefined
  }

  /** @throws {Error} before the connection is there. */
  get connection(): WebSocketConnection {
    if (this.#connection === undefined) throw new Error('there is no connection yet')
    return this.#connection
  }

  opened(): Promise<void> {
    return within(this.#opened, 'a connection at the server')
  }

  /** The close event. */
  closed(): Promise<WebSocketCloseEvent> {
    return within(this.#closed, 'a close event')
  }

  /** Whether the end of this connection will be heard of. */
  get willClose(): boolean {
    return this.isOpened && this.#handles
  }

  open(connection: WebSocketConnection): void {
    this.#connection = connection
    const handlers = this.#application(this)
    this.#onOpen()
    if (handlers === 'no handlers') {
      this.#handles = false
      return
    }
    connection.setHandlers({
      ...handlers,
      message: (data) => this.#receive(data, handlers),
      close: (event) => {
        this.events.push('close')
        this.closes.push(event)
        this.#onClose(event)
        handlers.close?.(event)
      },
    })
  }

  #receive(data: string | Uint8Array, handlers: Partial<WebSocketHandlers>): void {
    if (typeof data === 'string' && data.startsWith(NEIGHBOUR)) {
      this.neighbours.push(data)
      this.connection.send(data)
      return
    }
    this.events.push('message')
    this.messages.push(typeof data === 'string' ? data : Buffer.from(data))
    handlers.message?.(data)
  }
}
