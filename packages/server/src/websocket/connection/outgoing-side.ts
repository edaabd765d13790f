// Everything between `send` and the socket: messages, their frames, and what waits.
import type { Duplex } from 'node:stream'
import { ARENA_PIECE_BYTES } from '../../util/byte-arena.ts'
import type { WebSocketProtocol } from '../protocol/websocket-protocol.ts'
import type { Compressor } from './compression.ts'
import type { ConnectionContext } from './connection-context.ts'
import type { ConnectionDeadlines } from './connection-deadlines.ts'
import type { FrameBatch } from './frame-batch.ts'
import type { GroupLane, LaneMember } from './group-lane.ts'
import { MessageSender } from './message-sender.ts'
import { prepareMessage, type MessageOptions, type PreparedMessage } from './prepared-message.ts'
import { SocketWriter } from './socket-writer.ts'
import type { Flushable, WriteTurn } from './write-turn.ts'

/** The connection, as what it sends sees it. */
export interface OutgoingHost {
  readonly socket: Duplex
  readonly context: ConnectionContext
  readonly protocol: WebSocketProtocol
  readonly deadlines: ConnectionDeadlines
  /** Whether messages may still be sent. */
  readonly isOpen: boolean
  /** Everything has been written of a connection that is over. */
  written(): void
  /** What waits has passed the high-water mark and does not leave in this turn. */
  congested(): void
  /** What waits was above the high-water mark and is at most half of it now. */
  drained(): void
  /** More waits than may. */
  overflowed(): void
}

/** Counts all that waits to be sent, wherever it is, and bounds it. */
export class OutgoingSide implements Flushable, LaneMember {
  readonly #host: OutgoingHost
  readonly #compressor: Compressor | undefined
  /** What compresses, or masks; most servers' connections do neither. */
  readonly #sender: MessageSender | undefined
  readonly #writer: SocketWriter
  #isScheduled = false
  #isCongested = false
  /** Whether the application has been told that it is. */
  #isCongestionTold = false
  /** The groups that it is in. */
  #lanes: GroupLane[] | undefined
  /** Up to which send to a group, of all, the messages of its groups have been queued. */
  #groupSends = 0
  /** How many frames of the batches of this turn it has had, or is not to have. */
  #taken: Map<FrameBatch, number> | undefined
  /** A batch that leaves past the queue, since nothing else does in this turn. */
  #direct: FrameBatch | undefined

  constructor(host: OutgoingHost, compressor: Compressor | undefined) {
    const { socket, protocol, context } = host
    this.#host = host
    this.#compressor = compressor
    this.#writer = new SocketWriter(socket, protocol)
    if (compressor === undefined && !context.isClient) return
    this.#sender = new MessageSender({
      protocol,
      isClient: context.isClient,
      compressor,
      onQueued: () => this.schedule(),
    })
  }

  get writes(): WriteTurn {
    return this.#host.context.writes
  }

  /** What those who share it receive the same bytes: undefined for those that neither compress nor mask. */
  get laneKey(): object | undefined {
    if (this.#sender === undefined) return undefined
    return this.#sender.isShareable ? this.#compressor : this
  }

  /** Everything that was sent and not yet taken by the operating system, in bytes. */
  get bufferedBytes(): number {
    const { socket, protocol } = this.#host
    const direct = this.#direct === undefined ? 0 : this.#direct.bytes
    return (this.#sender?.waitingBytes ?? 0) + protocol.outputBytes + direct + socket.writableLength
  }

  get isCongested(): boolean {
    return this.#isCongested
  }

  /** Sends a message after those before it. False, and nothing sent, if too much waits already. */
  send(data: string | Uint8Array, options: MessageOptions | undefined): boolean {
    if (this.#sender === undefined) {
      if (typeof data === 'string') return this.#sendPlain(true, data, Buffer.byteLength(data))
      if (data instanceof Uint8Array) return this.#sendPlain(false, data, data.length)
    }
    return this.sendPrepared(prepareMessage(data, options))
  }

  /** Sends a message that may be shared; see `send`. */
  sendPrepared(message: PreparedMessage): boolean {
    if (!this.#admit(message.payloadBytes)) return false
    this.#catchUp()
    if (this.#sender === undefined) this.#host.protocol.sendFrames(message.frames)
    else this.#sender.send(message)
    this.schedule()
    return true
  }

  /** Writes what the machine has by the end of this turn. */
  schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.writes.addWriter(this)
  }

  /** Calls back when all messages so far have been framed; at once if none waits. */
  afterAll(callback: () => void): void {
    this.#catchUp()
    if (this.#sender === undefined) callback()
    else this.#sender.afterAll(callback)
  }

  /** Drops the messages that have not been framed. */
  clear(): void {
    this.#sender?.clear()
  }

  /** The socket takes more. */
  unblock(): void {
    this.#host.deadlines.written()
    this.#writer.unblock()
    this.#write()
  }

  /** Leaves all groups. */
  leaveGroups(): void {
    for (const lane of this.#lanes?.slice() ?? []) lane.delete(this)
  }

  framesOf(message: PreparedMessage): readonly Uint8Array[] | undefined {
    return this.#sender === undefined ? message.frames : this.#sender.sharedFramesOf(message)
  }

  joined(lane: GroupLane): void {
    this.#lanes ??= []
    this.#lanes.push(lane)
  }

  left(lane: GroupLane): void {
    const lanes = this.#lanes!
    lanes.splice(lanes.indexOf(lane), 1)
    if (lanes.length === 0) this.#lanes = undefined
  }

  forget(batch: FrameBatch): void {
    this.#taken?.delete(batch)
    if (this.#taken?.size === 0) this.#taken = undefined
  }

  skipSoFar(batch: FrameBatch): void {
    this.#taken ??= new Map()
    this.#taken.set(batch, batch.frames.length)
  }

  takeSoFar(batch: FrameBatch): void {
    const from = this.#taken?.get(batch) ?? 0
    this.skipSoFar(batch)
    this.#queue(batch.frames.slice(from))
  }

  takeWhole(batch: FrameBatch): void {
    const from = this.#taken?.get(batch)
    if (from !== undefined) {
      this.forget(batch)
      this.#queue(batch.frames.slice(from))
    } else if (!this.#takeDirectly(batch)) {
      this.#queue([batch.joined])
    }
  }

  flush(): void {
    this.#isScheduled = false
    this.#write()
  }

  /** Sends what nobody shares and what is not compressed. */
  #sendPlain(isText: boolean, data: string | Uint8Array, bytes: number): boolean {
    if (!this.#admit(bytes)) return false
    this.#catchUp()
    const { protocol } = this.#host
    // Where the socket is blocked what is sent may wait for long, and should not keep a whole block alive.
    if (bytes <= ARENA_PIECE_BYTES && !this.#writer.isBlocked) {
      const { arena } = this.writes
      const offset = protocol.reserveMessage(arena, isText, bytes)
      // The arena is made of Buffers where there are any.
      if (typeof data === 'string') (arena.bytes as Buffer).write(data, offset)
      else arena.bytes.set(data, offset)
    } else {
      protocol.sendMessage(typeof data === 'string' ? Buffer.from(data) : data, { isText })
    }
    this.schedule()
    return true
  }

  /** Counts what is about to wait; false if it would be too much. */
  #admit(bytes: number): boolean {
    const { maxBufferedBytes, highWaterMarkBytes } = this.#host.context.limits
    const waiting = this.bufferedBytes
    if (waiting > 0 && waiting + bytes > maxBufferedBytes) return false
    if (waiting + bytes > highWaterMarkBytes) this.#isCongested = true
    return true
  }

  /** Whether no message is being compressed. */
  get #isIdle(): boolean {
    return this.#sender === undefined || this.#sender.isIdle
  }

  /** Queues what its groups were sent before what it is about to be sent. */
  #catchUp(): void {
    this.#queueDirect()
    if (this.#lanes === undefined || this.#groupSends === this.writes.groupSends) return
    this.#groupSends = this.writes.groupSends
    for (const lane of this.#lanes) lane.queueFor(this)
  }

  /** Has a batch written as it is, without a place in the queue; false if something else is to be written too. */
  #takeDirectly(batch: FrameBatch): boolean {
    const isFree =
      this.#direct === undefined &&
      this.#isIdle &&
      !this.#writer.isBlocked &&
      !this.#isScheduled &&
      this.#host.protocol.outputBytes === 0
    if (!isFree || !this.#host.isOpen || !this.#admit(batch.bytes)) return false
    this.#direct = batch
    this.schedule()
    return true
  }

  #queue(frames: readonly Uint8Array[]): void {
    if (frames.length === 0 || !this.#host.isOpen) return
    this.#queueDirect()
    if (!this.#admit(frames.reduce((sum, frame) => sum + frame.length, 0))) return this.#host.overflowed()
    const { protocol } = this.#host
    if (this.#isIdle) protocol.sendFrames(frames)
    else this.#sender?.afterAll(() => void protocol.sendFrames(frames))
    this.schedule()
  }

  #queueDirect(): void {
    const direct = this.#direct
    if (direct === undefined) return
    this.#direct = undefined
    this.#host.protocol.sendFrames([direct.joined])
  }

  #write(): void {
    const { protocol, socket, deadlines, context } = this.#host
    if (socket.writableLength === 0) deadlines.written()
    const direct = this.#direct
    if (direct !== undefined && protocol.outputBytes === 0) {
      this.#direct = undefined
      this.#writer.writeDirectly(direct.joined)
    } else {
      this.#queueDirect()
      if (!this.#writer.write()) this.schedule()
      // What the operating system has not copied may still lie in the arena.
      if (!this.#writer.hasCopiedAll || protocol.outputBytes > 0) this.writes.arena.retain()
    }
    if (socket.writableLength > 0 && !deadlines.isWriting) deadlines.writing(context.clock.monotonic())
    if (protocol.state === 'closed' && protocol.outputBytes === 0) this.#host.written()
    if (this.#isCongested) this.#tellOfCongestion()
  }

  /** Only what is left when the socket has had its turn is congestion. */
  #tellOfCongestion(): void {
    if (this.bufferedBytes <= this.#host.context.limits.highWaterMarkBytes / 2) {
      this.#isCongested = false
      this.#isCongestionTold = false
      this.#host.drained()
    } else if (!this.#isCongestionTold) {
      this.#isCongestionTold = true
      this.#host.congested()
    }
  }
}
