// A raw WebSocket client over any stream: it sends whatever bytes it is told to, reads what the server sends with a
// codec of its own, and accepts nothing that the RFC forbids.
import type { Duplex } from 'node:stream'
import { holds, Mismatch, same, show } from './check.ts'
import type { Chopper } from './chopping.ts'
import type { PeerInflater } from './deflate.ts'
import { FrameDecoder, OP, text, type ReceivedFrame } from './frames.ts'
import { PacedWriter } from './paced-writer.ts'
import { within } from './patience.ts'
import { NEIGHBOUR, type Served } from './served.ts'
import { drop } from './transports.ts'

const BEFORE = `${NEIGHBOUR}before`
const AFTER = `${NEIGHBOUR}after`
const ALIVE = `${NEIGHBOUR}alive`

/** A message as it arrived, put together. */
export interface ReceivedMessage {
  readonly data: string | Buffer
  readonly isCompressed: boolean
  readonly frames: number
  /** The bytes of its payloads on the wire. */
  readonly wireBytes: number
}

/** A Close frame as it arrived. An empty one has the code 1005. */
export interface ReceivedClose {
  readonly code: number
  readonly reason: string
}

export interface PeerOptions {
  readonly stream: Duplex
  readonly served: Served
  readonly chopper: Chopper
  /** Whether a neighbour goes before the first bytes, in the same chunk. */
  readonly hasNeighbour: boolean
  /** Undoes the server's compression, if permessage-deflate was agreed on. */
  readonly inflater?: PeerInflater | undefined
}

/** One connection, from the client's end. */
export class Peer {
  /** The server's end. */
  readonly served: Served
  readonly stream: Duplex
  /** Every frame that came, in order. */
  readonly frames: ReceivedFrame[] = []
  readonly #writer: PacedWriter
  readonly #decoder: FrameDecoder
  readonly #inflater: PeerInflater | undefined
  readonly #messages: ReceivedMessage[] = []
  readonly #pongs: Buffer[] = []
  #fragments: ReceivedFrame[] = []
  #close: ReceivedClose | undefined
  #violation: Error | undefined
  #owesNeighbour = false
  #hasEnded = false
  #isGone = false
  #check: (() => void) | undefined

  constructor({ stream, served, chopper, hasNeighbour, inflater }: PeerOptions) {
    this.stream = stream
    this.served = served
    this.#writer = new PacedWriter(stream, chopper)
    this.#decoder = new FrameDecoder(inflater !== undefined)
    this.#inflater = inflater
    if (hasNeighbour) {
      this.#owesNeighbour = true
      this.#writer.send(text(BEFORE))
    }
    stream.on('data', (chunk: Buffer) => this.#receive(chunk))
    stream.once('end', () => {
      this.#note(() => (this.#hasEnded = true))
      // As every client does, unless it was a reset: nobody is left who would read.
      setImmediate(() => stream.end())
    })
    stream.once('close', () => this.#note(() => (this.#isGone = true)))
    stream.resume()
  }

  /** Whether the server has ended its side, by FIN or END_STREAM; not by a reset. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Whether the stream is no more. */
  get isGone(): boolean {
    return this.#isGone
  }

  /** Sends bytes, when the test begins to wait. */
  send(...parts: readonly Uint8Array[]): void {
    this.#writer.send(...parts)
  }

  /** Writes what was sent, chopped. */
  flush(): Promise<void> {
    return this.#writer.flush()
  }

  /** Writes what was sent, then ends this side (FIN or END_STREAM). */
  async end(): Promise<void> {
    await this.flush()
    this.stream.end()
  }

  /** The next message. */
  async message(): Promise<ReceivedMessage> {
    await this.#awaitNeighbour()
    return this.#await(() => this.#messages.shift(), 'a message')
  }

  /** Passes if the next message is this one. */
  async expectMessage(expected: string | Uint8Array): Promise<ReceivedMessage> {
    const message = await this.message()
    same(message.data, expected, 'the next message')
    return message
  }

  /** Sends a message as one frame and expects it back. */
  async expectEcho(payload: string | Uint8Array, frame: Uint8Array): Promise<void> {
    this.send(frame)
    await this.expectMessage(payload)
  }

  /** The payload of the next pong. */
  async pong(): Promise<Buffer> {
    await this.flush()
    return this.#await(() => this.#pongs.shift(), 'a pong')
  }

  /** The next frame that satisfies a condition, from those that came already on. */
  async frame(condition: (frame: ReceivedFrame) => boolean, expected: string): Promise<ReceivedFrame> {
    await this.flush()
    return this.#await(() => this.frames.find(condition), expected)
  }

  /** The server's Close frame. */
  async closeFrame(): Promise<ReceivedClose> {
    await this.#awaitNeighbour()
    return this.#await(() => this.#close, 'a Close frame')
  }

  /** Resolves once the server has ended its side or the stream is gone. */
  async ended(): Promise<void> {
    await this.flush()
    await this.#await(() => this.#hasEnded || this.#isGone || undefined, 'the end of the stream')
  }

  /** The messages that have come and were not taken. */
  takeMessages(): readonly ReceivedMessage[] {
    return this.#messages.splice(0)
  }

  /** Passes if the connection works: a message sent now comes back. */
  async expectAlive(): Promise<void> {
    await this.expectEcho(ALIVE, text(ALIVE))
  }

  /** Passes if nothing but what was already taken has come. */
  expectNothingMore(): void {
    same(this.#messages.length, 0, 'messages that were not expected')
    same(this.#pongs.length, 0, 'pongs that were not expected')
  }

  /**
   * Passes if the server fails the connection for what was sent: it says so with this code, processes nothing after
   * it, ends the stream by itself, and its application hears of nothing but `delivered` and one unclean end.
   */
  async expectFailure(
    code: number,
    {
      delivered = [],
      isFollowed = true,
    }: { delivered?: readonly (string | Uint8Array)[]; isFollowed?: boolean } = {},
  ): Promise<void> {
    // A message behind the offence, which must no longer be heard.
    if (isFollowed) this.send(text(AFTER))
    await this.#awaitNeighbour()
    const answer = (): ReceivedMessage | undefined => this.#messages.find(({ data }) => data === AFTER)
    const received = await this.#await(() => this.#close ?? answer(), 'a Close frame')
    if ('data' in received)
      throw new Mismatch(`a Close frame with the code ${code}`, 'an answer to what came after')
    same(received.code, code, `a Close frame, here "${received.reason}", with the code`)
    await this.ended()
    this.expectNothingMore()
    await drop(this.stream)
    const event = await this.served.closed()
    same({ code: event.code, wasClean: event.wasClean }, { code, wasClean: false }, 'the close event')
    same(this.served.messages, delivered, 'the messages that were delivered')
    holds(
      !this.served.neighbours.includes(AFTER),
      'nothing after the offence is processed',
      this.served.neighbours,
    )
  }

  /** Passes if the server answers our Close with this code, ends the stream, and calls it a clean end. */
  async expectCleanEnd(answered: readonly number[], local: number): Promise<void> {
    const received = await this.closeFrame()
    holds(answered.includes(received.code), `a Close frame with ${answered.join(' or ')}`, received)
    await this.ended()
    holds(this.#hasEnded, 'an orderly end of the stream', 'a reset')
    this.expectNothingMore()
    await drop(this.stream)
    const event = await this.served.closed()
    same({ code: event.code, wasClean: event.wasClean }, { code: local, wasClean: true }, 'the close event')
  }

  async #awaitNeighbour(): Promise<void> {
    await this.flush()
    if (!this.#owesNeighbour) return
    this.#owesNeighbour = false
    const { data } = await this.#await(() => this.#messages.shift(), 'the answer to the message before')
    same(data, BEFORE, 'the answer to the message before')
  }

  #await<T>(find: () => T | undefined, expected: string): Promise<T> {
    const found = new Promise<T>((resolve, reject) => {
      const check = (): void => {
        const result = find()
        const error =
          this.#violation ?? (this.#isOver(expected) ? new Mismatch(expected, this.#state()) : undefined)
        if (result === undefined && error === undefined) return
        // Once settled it must not look again: to look is to take.
        this.#check = undefined
        if (result !== undefined) resolve(result)
        else reject(error!)
      }
      this.#check = check
      check()
    })
    return within(found, expected).catch((error: unknown) => {
      throw error instanceof Mismatch && error.got.startsWith('nothing')
        ? new Mismatch(expected, this.#state())
        : error
    })
  }

  #isOver(expected: string): boolean {
    if (this.#isGone || this.#hasEnded) return true
    return this.#close !== undefined && expected !== 'the end of the stream'
  }

  #state(): string {
    const seen = this.frames.slice(-6).map(({ opcode, payload }) => `${opcode}:${show(payload)}`)
    const parts = [
      ...(this.#close ? [`Close ${this.#close.code} "${this.#close.reason}"`] : []),
      ...(this.#hasEnded ? ['the end'] : this.#isGone ? ['a reset'] : []),
      seen.length > 0 ? `frames ${seen.join(', ')}` : 'no frames',
    ]
    return parts.join(', ')
  }

  #note(change: () => void): void {
    change()
    this.#check?.()
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#decoder.push(chunk)) this.#take(frame)
    } catch (error) {
      this.#violation ??= error instanceof Error ? error : new Error(String(error))
    }
    this.#check?.()
  }

  #take(frame: ReceivedFrame): void {
    this.frames.push(frame)
    switch (frame.opcode) {
      case OP.close: {
        const { payload } = frame
        const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005
        this.#close = { code, reason: payload.toString('utf8', 2) }
        return
      }
      case OP.pong:
        this.#pongs.push(frame.payload)
        return
      case OP.ping:
        return
      default:
        this.#fragments.push(frame)
        if (frame.isFinal) this.#takeMessage()
    }
  }

  #takeMessage(): void {
    const [first] = this.#fragments
    const payload = Buffer.concat(this.#fragments.map((fragment) => fragment.payload))
    const isCompressed = first!.rsv === 4
    const data = isCompressed ? this.#inflater!.inflate(payload) : payload
    this.#messages.push({
      data:
        first!.opcode === OP.text
          ? new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)
          : data,
      isCompressed,
      frames: this.#fragments.length,
      wireBytes: payload.length,
    })
    this.#fragments = []
  }
}
