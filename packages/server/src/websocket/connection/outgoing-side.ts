// Everything between `send` and the socket: messages, their frames, and what waits.
import { ARENA_PIECE_BYTES } from '../../util/byte-arena.ts'
import type { Compressor } from './compression.ts'
import type { ConnectionContext } from './connection-context.ts'
import type { FrameBatch } from './frame-batch.ts'
import type { GroupLane, LaneMember } from './group-lane.ts'
import { MessageSender } from './message-sender.ts'
import { prepareMessage, type MessageOptions, type PreparedMessage } from './prepared-message.ts'
import { SLICE_BYTES, SocketWriter, type WriterHost } from './socket-writer.ts'
import type { Flushable, WriteTurn } from './write-turn.ts'

/** The connection, as what it sends sees it. */
export interface OutgoingHost extends WriterHost {
  readonly context: ConnectionContext
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
  /** That of the host, which a broadcast should not have to look at. */
  readonly #context: ConnectionContext
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
  /** The batch of this turn of which it has had the first frames, or is not to have them, and how many. */
  #takenBatch: FrameBatch | undefined
  #takenCount = 0
  /** The same of further batches: most connections are in one group. */
  #takenMore: Map<FrameBatch, number> | undefined

  constructor(host: OutgoingHost, compressor: Compressor | undefined) {
    const { protocol, context } = host
    this.#host = host
    this.#context = context
    this.#compressor = compressor
    this.#writer = new SocketWriter(host)
    if (compressor === undefined && !context.isClient) return
    this.#sender = new MessageSender({
      protocol,
      isClient: context.isClient,
      compressor,
      onQueued: () => this.schedule(),
    })
  }

  get writes(): WriteTurn {
    return this.#context.writes
  }

  /** What those who share it receive the same bytes: undefined for those that neither compress nor mask. */
  get laneKey(): object | undefined {
    if (this.#sender === undefined) return undefined
    return this.#sender.isShareable ? this.#compressor : this
  }

  /** Everything that was sent and not yet taken by the operating system, in bytes. */
  get bufferedBytes(): number {
    return (this.#sender?.waitingBytes ?? 0) + this.#host.protocol.outputBytes + this.#writer.waitingBytes
  }

  get isCongested(): boolean {
    return this.#isCongested
  }

  /** Sends a message after those before it. False, and the connection failed, if too much waits already. */
  send(data: string | Uint8Array, options: MessageOptions | undefined): boolean {
    if (this.#sender === undefined) {
      if (typeof data === 'string') return this.#sendPlain(true, data, Buffer.byteLength(data))
      if (data instanceof Uint8Array) return this.#sendPlain(false, data, data.length)
    }
    return this.sendPrepared(prepareMessage(data, options))
  }

  /** Sends a message that may be shared; see `send`. */
  sendPrepared(message: PreparedMessage): boolean {
    if (!this.#isReadyFor(message.payloadBytes)) return false
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

  skipSoFar(batch: FrameBatch): void {
    const count = batch.frames.length
    const isFurther = this.#takenBatch !== undefined && this.#takenBatch !== batch
    if (isFurther || this.#takenMore?.has(batch) === true) {
      this.#takenMore ??= new Map()
      this.#takenMore.set(batch, count)
    } else {
      this.#takenBatch = batch
      this.#takenCount = count
    }
  }

  forget(batch: FrameBatch): void {
    if (this.#takenBatch === batch) this.#takenBatch = undefined
    else this.#takenMore?.delete(batch)
    if (this.#takenMore?.size === 0) this.#takenMore = undefined
  }

  takeSoFar(batch: FrameBatch): void {
    const from = this.#takenOf(batch)
    this.skipSoFar(batch)
    this.#queue(batch, from, false)
  }

  takeWhole(batch: FrameBatch): void {
    const from = this.#takenOf(batch)
    if (from > 0) {
      this.forget(batch)
      this.#queue(batch, from, false)
    } else if (this.#mayPass(batch)) {
      this.#writer.writeDirectly(batch.joined)
    } else {
      this.#queue(batch, 0, true)
    }
  }

  flush(): void {
    this.#isScheduled = false
    this.#write()
  }

  /** Sends what nobody shares and what is not compressed. */
  #sendPlain(isText: boolean, data: string | Uint8Array, bytes: number): boolean {
    if (!this.#isReadyFor(bytes)) return false
    const { protocol } = this.#host
    if (bytes <= ARENA_PIECE_BYTES && this.#writer.copiesAtOnce) {
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

  /** Makes sure that a message of its own can follow: there is room, and what its groups were sent comes before it. */
  #isReadyFor(bytes: number): boolean {
    if (!this.#admit(bytes)) return false
    this.#catchUp()
    return this.#host.isOpen
  }

  /** Counts what is about to wait; false, and the connection failed, if it would be too much. */
  #admit(bytes: number): boolean {
    const { maxBufferedBytes, highWaterMarkBytes } = this.#context.limits
    const waiting = this.bufferedBytes
    if (waiting > 0 && waiting + bytes > maxBufferedBytes) {
      this.#host.overflowed()
      return false
    }
    if (waiting + bytes > highWaterMarkBytes) this.#isCongested = true
    return true
  }

  /** Whether no message is being compressed. */
  get #isIdle(): boolean {
    return this.#sender === undefined || this.#sender.isIdle
  }

  /** Queues what its groups were sent before what it is about to be sent. */
  #catchUp(): void {
    if (this.#lanes === undefined || this.#groupSends === this.writes.groupSends) return
    this.#groupSends = this.writes.groupSends
    for (const lane of this.#lanes) lane.queueFor(this)
  }

  /**
   * Whether a batch can be written at once, past the queue: nothing else is to be written in this turn, and what is counted
   * of it is nothing. Whatever is in the machine's queue has been scheduled, or its socket is blocked.
   */
  #mayPass(batch: FrameBatch): boolean {
    return (
      !this.#isScheduled &&
      this.#isIdle &&
      this.#writer.isFree &&
      (this.writes.isLastGroup || this.#lanes?.length === 1) &&
      batch.bytes <= SLICE_BYTES &&
      batch.bytes <= this.#context.limits.highWaterMarkBytes
    )
  }

  #takenOf(batch: FrameBatch): number {
    return this.#takenBatch === batch ? this.#takenCount : (this.#takenMore?.get(batch) ?? 0)
  }

  /** Queues the frames of a batch from an index on; one that is complete as the one array that all share. */
  #queue(batch: FrameBatch, from: number, isComplete: boolean): void {
    if (from === batch.frames.length || !this.#host.isOpen) return
    const bytes = batch.bytesFrom(from)
    if (!this.#admit(bytes)) return
    const { protocol } = this.#host
    const frames = isComplete ? [batch.joined] : batch.frames
    if (this.#isIdle) protocol.sendFrames(frames, from)
    else this.#sender?.sendFrames(frames.slice(from), bytes)
    this.schedule()
  }

  #write(): void {
    const { protocol } = this.#host
    // Who is congested is told when the last of it has been taken, for which a socket that is not full has no word.
    const onTaken = this.#isCongested ? () => this.#taken() : undefined
    if (!this.#writer.write(onTaken)) this.schedule()
    if (this.#writer.mayHoldArena) this.writes.arena.retain()
    if (protocol.state === 'closed' && protocol.outputBytes === 0) this.#host.written()
    this.#taken()
  }

  #taken(): void {
    if (this.#isCongested && this.#host.isOpen) this.#tellOfCongestion()
  }

  /** Only what is left when the socket has had its turn is congestion. */
  #tellOfCongestion(): void {
    if (this.bufferedBytes <= this.#context.limits.highWaterMarkBytes / 2) {
      this.#isCongested = false
      this.#isCongestionTold = false
      this.#host.drained()
    } else if (!this.#isCongestionTold) {
      this.#isCongestionTold = true
      this.#host.congested()
    }
  }
}
