// One connection, spoken to in messages. The WebSocket is that of `ws`; nothing of ours is between it and a test.
import { WebSocket } from 'ws'
import { holds, Mismatch, same, show } from '../conformance/check.ts'
import { Arrivals } from './arrivals.ts'
import { Judge } from './judge.ts'
import type { Answer, ConnectResult, Fields, Position, WireError } from './messages.ts'
import type { Payload, WireCodec } from './wire-codec.ts'

/** A command without the id that the peer gives it, or with one. */
export type Command = Fields & { readonly type: string }

/** How a connection is opened. */
export interface PeerOptions {
  readonly url: string
  readonly codec: WireCodec
  /** @default the codec's */
  readonly protocols?: readonly string[] | undefined
  /** How long to wait for what must come, in milliseconds. */
  readonly patienceMs: number
}

/** See the head of this file. Whatever is wrong with something that arrived fails the next wait, and the item at its end. */
export class Peer {
  readonly codec: WireCodec
  readonly #socket: WebSocket
  readonly #arrivals: Arrivals
  readonly #judge = new Judge()
  readonly #answers = new Map<number, Answer>()
  /** The pushes that no test has taken, in the order of their arrival. */
  readonly #pushes: Fields[] = []
  #closeCode: number | undefined
  #pings = 0
  #fault: Mismatch | undefined
  #lastId = 0
  #identity: ConnectResult | undefined

  private constructor({ url, codec, protocols = [codec.subprotocol], patienceMs }: PeerOptions) {
    this.codec = codec
    this.#arrivals = new Arrivals(patienceMs)
    this.#socket = new WebSocket(url, [...protocols], { perMessageDeflate: false })
    this.#socket.on('error', () => {}) // `close` follows
    this.#socket.on('ping', () => {
      this.#pings++
      this.#arrivals.announce()
    })
    this.#socket.on('message', (data: Buffer, isBinary) => this.#receive(data, isBinary))
    this.#socket.on('close', (code) => {
      this.#closeCode = code
      this.#arrivals.announce()
    })
    this.#socket.on('open', () => this.#arrivals.announce())
  }

  /** Opens a connection and sends nothing. */
  static async open(options: PeerOptions): Promise<Peer> {
    const peer = new Peer(options)
    // A connection that was open and is closed already has opened as well.
    await peer.#until(
      () => (peer.#socket.readyState === WebSocket.CONNECTING || peer.#closeCode === 1006 ? undefined : true),
      'the handshake completes',
    )
    return peer
  }

  /** The subprotocol that the server selected. */
  get subprotocol(): string {
    return this.#socket.protocol
  }

  /** What `connect` was answered with. */
  get identity(): ConnectResult {
    if (!this.#identity) throw new Error('this peer has not connected')
    return this.#identity
  }

  /** What was wrong with something that arrived. */
  get fault(): Mismatch | undefined {
    return this.#fault
  }

  /** The answers that have come, by the id of their command. */
  get answered(): ReadonlyMap<number, Answer> {
    return this.#answers
  }

  /** An id that this peer has not used. */
  nextId(): number {
    return ++this.#lastId
  }

  /** Sends a message that is not to be answered. */
  send(message: unknown): void {
    this.sendPayload(this.codec.encode(message))
  }

  /** Sends a payload as it is, in the codec's kind of frame unless told otherwise. */
  sendPayload(payload: Payload, options: { readonly binary?: boolean; readonly mask?: boolean } = {}): void {
    this.#socket.send(payload, { binary: this.codec.name === 'msgpack', ...options })
  }

  /** Sends a command and returns its id, for `answer`. */
  command(command: Command, encode = (message: Fields): Payload => this.codec.encode(message)): number {
    const message: Fields = { id: this.nextId(), ...command }
    this.#judge.sent(message)
    this.#answers.delete(message.id as number)
    this.sendPayload(encode(message))
    return message.id as number
  }

  /** Waits for the answer to a command. */
  answer(id: number): Promise<Answer> {
    return this.#until(() => this.#answers.get(id), `an answer with the id ${id}`)
  }

  /** Sends a command and waits for its answer. */
  ask(command: Command): Promise<Answer> {
    return this.answer(this.command(command))
  }

  /** Sends a command that must succeed, and returns its result. */
  async result(command: Command): Promise<Fields> {
    const answer = await this.ask(command)
    if (answer.type === 'reply') return answer.result
    throw new Mismatch(`a reply to ${show(command)}`, show(answer.error))
  }

  /** Sends a command that must fail with this code, and returns the error. */
  async refused(command: Command, code: string): Promise<WireError> {
    const answer = await this.ask(command)
    if (answer.type === 'error' && answer.error.code === code) return answer.error
    throw new Mismatch(`the error ${code} for ${show(command)}`, show(answer))
  }

  /** Sends `connect`, which must succeed. */
  async connect(fields: Fields = {}): Promise<ConnectResult> {
    this.#identity = (await this.result({ type: 'connect', ...fields })) as unknown as ConnectResult
    return this.#identity
  }

  /** Takes the next push of a type and, if named, a room. */
  next(type: string, room?: string): Promise<Fields> {
    return this.#until(
      () => {
        const index = this.#pushes.findIndex((push) => isPush(push, type, room))
        return index < 0 ? undefined : this.#pushes.splice(index, 1)[0]
      },
      `a ${type}${room === undefined ? '' : ` of ${room}`}`,
    )
  }

  /**
   * Passes if no push of this type and room has come that was not taken. Judged after a round trip, which what was on its
   * way has had time for.
   */
  async expectNo(type: string, room?: string): Promise<void> {
    await this.result({ type: 'ping' })
    const push = this.#pushes.find((each) => isPush(each, type, room))
    if (push) throw new Mismatch(`no ${type}`, show(push))
  }

  /** Waits for a ping of RFC 6455. */
  async expectPing(): Promise<void> {
    await this.#until(() => this.#pings || undefined, 'a ping')
  }

  /** Passes if the connection is alive. */
  async expectAlive(): Promise<void> {
    holds(this.#closeCode === undefined, 'an open connection', this.#closeCode)
    await this.result({ type: 'ping' })
  }

  /** Waits until the server has closed the connection with this code. */
  async expectClosed(code: number): Promise<void> {
    same(await this.#until(() => this.#closeCode, `a close with ${code}`), code, 'the close code')
  }

  /** The position from which this peer would recover a room. */
  positionOf(room: string): Position {
    const position = this.#judge.positionOf(room)
    if (!position) throw new Error(`${room} is not subscribed`)
    return position
  }

  /** Closes the connection, with 1000 unless told otherwise, and waits until the server has answered. */
  async close(code = 1000): Promise<void> {
    this.#socket.close(code)
    await this.expectClosed(code)
  }

  /** Loses the connection: no Close frame is sent. */
  lose(): void {
    this.#socket.terminate()
  }

  #receive(data: Buffer, isBinary: boolean): void {
    try {
      const message = this.codec.decode(data, isBinary) as Fields
      const fault = this.#judge.received(message)
      if (fault !== undefined) throw new Mismatch('only what PROTOCOL.md allows', fault)
      if (message.type === 'reply' || message.type === 'error') {
        this.#answers.set(message.id as number, message as unknown as Answer)
      } else this.#pushes.push(message)
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error
      this.#fault ??= error
    }
    this.#arrivals.announce()
  }

  #until<T>(find: () => T | undefined, expected: string): Promise<T> {
    return this.#arrivals.until(
      () => (this.#fault ? undefined : find()),
      expected,
      () => this.#fault ?? this.#whyOver(expected),
    )
  }

  #whyOver(expected: string): Mismatch | undefined {
    return this.#closeCode === undefined
      ? undefined
      : new Mismatch(expected, `the connection closed with ${this.#closeCode}`)
  }
}

const isPush = (push: Fields, type: string, room: string | undefined): boolean =>
  push.type === type && (room === undefined || push.room === room)
