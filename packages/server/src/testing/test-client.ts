// A client that knows the wire protocol and nothing more: it numbers commands, matches answers and keeps pushes.
import {
  RoomcastError,
  type Answer,
  type AnsweredCommand,
  type ConnectResult,
  type Payload,
  type Push,
  type ResultOf,
  type ServerMessage,
} from '@roomcast/protocol/wire'
import { OutgoingMessage, type Transport } from '../transport/transport.ts'
import { defer, type Deferred } from './deferred.ts'

/** A command without its id, which the client adds. */
export type CommandBody = AnsweredCommand extends infer Each
  ? Each extends AnsweredCommand
    ? Omit<Each, 'id'>
    : never
  : never

/** How the connection ended. */
export interface Closing {
  readonly code: number
  readonly reason: string
}

/** One end of a transport, spoken to in messages. */
export class TestClient {
  /** Every message that arrived, in order. */
  readonly received: ServerMessage[] = []
  readonly #transport: Transport
  readonly #waiting = new Map<number, Deferred<Answer>>()
  readonly #pushes: Push[] = []
  readonly #closed = defer<Closing>()
  #pushArrived = defer()
  #closing: Closing | undefined
  #lastId = 0

  constructor(transport: Transport) {
    this.#transport = transport
    transport.start({
      message: (payload) => this.#receive(transport.codec.decode(payload) as ServerMessage),
      close: (code, reason) => this.#end({ code, reason }),
    })
  }

  /** The pushes that `nextPush` has not taken. */
  get pushes(): readonly Push[] {
    return this.#pushes
  }

  /** Resolves when the connection has ended. */
  get closed(): Promise<Closing> {
    return this.#closed.promise
  }

  get isClosed(): boolean {
    return this.#closing !== undefined
  }

  connect(
    options: { token?: string; version?: number; resume?: ConnectResult } = {},
  ): Promise<ConnectResult> {
    return this.request({ type: 'connect', token: 'ada', ...options })
  }

  /** Sends a command. Rejects with the error that it is answered with, or when the connection ends before an answer. */
  async request<Body extends CommandBody>(command: Body): Promise<ResultOf[Body['type']]> {
    const answer = await this.ask({ ...command, id: ++this.#lastId })
    if (answer.type === 'reply') return answer.result as ResultOf[Body['type']]
    const { code, message, ...details } = answer.error
    throw new RoomcastError(code, message, details)
  }

  /** Sends anything with an id and resolves to its answer. */
  ask(command: { readonly type: string; readonly id: number }): Promise<Answer> {
    if (this.#closing) return Promise.reject(closedError(this.#closing))
    const answer = defer<Answer>()
    this.#waiting.set(command.id, answer)
    this.send(command)
    return answer.promise
  }

  /** Sends any message; nothing is awaited. */
  send(message: object): void {
    this.sendPayload(this.#transport.codec.encode(message))
  }

  /** Sends anything at all. */
  sendPayload(payload: Payload): void {
    this.#transport.send(new OutgoingMessage(payload))
  }

  /** The next push, in the order of arrival. */
  async nextPush(): Promise<Push> {
    for (;;) {
      const push = this.#pushes.shift()
      if (push) return push
      if (this.#closing) throw closedError(this.#closing)
      await this.#pushArrived.promise
    }
  }

  pause(): void {
    this.#transport.pause()
  }

  resume(): void {
    this.#transport.resume()
  }

  /** Begins to close the connection. */
  close(code = 1000): void {
    this.#transport.close(code, '')
  }

  #receive(message: ServerMessage): void {
    this.received.push(message)
    if (message.type === 'reply' || message.type === 'error') {
      this.#waiting.get(message.id)?.resolve(message)
      this.#waiting.delete(message.id)
      return
    }
    this.#pushes.push(message)
    this.#announcePush()
  }

  #end(closing: Closing): void {
    this.#closing = closing
    for (const answer of this.#waiting.values()) answer.reject(closedError(closing))
    this.#waiting.clear()
    this.#closed.resolve(closing)
    this.#announcePush()
  }

  /** Wakes those who wait for a push; they look for themselves whether there is one. */
  #announcePush(): void {
    const arrived = this.#pushArrived
    this.#pushArrived = defer()
    arrived.resolve()
  }
}

const closedError = ({ code, reason }: Closing): Error => new Error(`closed with ${code} ${reason}`)
