// Everything between `send` and the socket: messages, their frames, and what waits.
import type { Duplex } from 'node:stream'
import type { Clock } from '../../clock.ts'
import type { WebSocketProtocol } from '../protocol/websocket-protocol.ts'
import type { WebSocketLimits } from '../websocket-limits.ts'
import type { Compressor } from './compression.ts'
import type { ConnectionDeadlines } from './connection-deadlines.ts'
import { MessageSender } from './message-sender.ts'
import type { PreparedMessage } from './prepared-message.ts'
import { SocketWriter } from './socket-writer.ts'

export interface OutgoingSideOptions {
  readonly socket: Duplex
  readonly protocol: WebSocketProtocol
  readonly isClient: boolean
  readonly compressor: Compressor | undefined
  readonly deadlines: ConnectionDeadlines
  readonly limits: WebSocketLimits
  readonly clock: Clock
  /** Whether the socket may be ended when the machine is closed; otherwise the peer is waited for. */
  readonly mayEnd: () => boolean
  /** Called when what waits was above the high-water mark and is at most half of it now. */
  readonly onDrain: () => void
}

/** Counts all that waits to be sent, wherever it is, and bounds it. */
export class OutgoingSide {
  readonly #options: OutgoingSideOptions
  readonly #sender: MessageSender
  readonly #writer: SocketWriter
  #isCongested = false

  constructor(options: OutgoingSideOptions) {
    const { socket, protocol, isClient, compressor, deadlines, clock, mayEnd } = options
    this.#options = options
    this.#sender = new MessageSender({ protocol, isClient, compressor, onQueued: () => this.flush() })
    this.#writer = new SocketWriter({
      socket,
      protocol,
      clock,
      mayEnd,
      onWriting: () => deadlines.writing(clock.monotonic()),
      onWritten: () => this.#written(),
    })
  }

  /** Everything that was sent and not yet taken by the operating system, in bytes. */
  get bufferedBytes(): number {
    const { socket, protocol } = this.#options
    return this.#sender.waitingBytes + protocol.outputBytes + socket.writableLength
  }

  get isCongested(): boolean {
    return this.#isCongested
  }

  /** Sends a message after those before it. False, and nothing sent, if too much waits already. */
  send(message: PreparedMessage): boolean {
    const { maxBufferedBytes, highWaterMarkBytes } = this.#options.limits
    const waitingBytes = this.bufferedBytes
    const bytes = message.payload.length
    if (waitingBytes > 0 && waitingBytes + bytes > maxBufferedBytes) return false
    this.#sender.send(message)
    if (waitingBytes + bytes > highWaterMarkBytes) this.#isCongested = true
    this.flush()
    return true
  }

  /** Writes what the machine has by the end of this turn. */
  flush(): void {
    this.#writer.schedule()
  }

  /** Calls back when all messages so far have been framed; at once if none waits. */
  afterAll(callback: () => void): void {
    this.#sender.afterAll(callback)
  }

  /** Drops the messages that have not been framed. */
  clear(): void {
    this.#sender.clear()
  }

  #written(): void {
    const { deadlines, limits, onDrain } = this.#options
    deadlines.written()
    if (!this.#isCongested || this.bufferedBytes > limits.highWaterMarkBytes / 2) return
    this.#isCongested = false
    onDrain()
  }
}
