// Moves bytes into a socket, never more than it takes, and knows since when it has not taken any.
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../clock.ts'
import { ARENA_PIECE_BYTES } from '../../util/byte-arena.ts'
import { LONGEST_HEADER_BYTES } from '../protocol/frame-header.ts'
import { FRAGMENT_BYTES } from '../protocol/frame-writer.ts'
import type { WebSocketProtocol } from '../protocol/websocket-protocol.ts'
import type { ConnectionDeadlines } from './connection-deadlines.ts'
import { copyPieces } from './frame-batch.ts'
import type { WriteTurn } from './write-turn.ts'

/**
 * The most bytes that are handed to the socket at once. The rest waits in the machine, where a pong can overtake it
 * at a frame boundary, where it can still be dropped, and where each slice taken is progress that can be seen. The longest
 * frame of a message fits, so that it is one write and not cut.
 */
export const SLICE_BYTES = FRAGMENT_BYTES + LONGEST_HEADER_BYTES

/** The most slices that are handed over in one turn, so that others have theirs. */
const SLICES_PER_TURN = 16

/** What a writer needs of its connection. */
export interface WriterHost {
  readonly socket: Duplex
  readonly protocol: WebSocketProtocol
  readonly deadlines: ConnectionDeadlines
  readonly context: { readonly clock: Clock; readonly writes: WriteTurn }
}

/**
 * Writes for one connection. A write to one of many connections is mostly waiting for memory, so the path of a
 * broadcast looks at nothing but this object and the socket.
 */
export class SocketWriter {
  readonly #host: WriterHost
  readonly #socket: Duplex
  /** Whether what the socket has taken has been copied: other streams than plain sockets may keep it. */
  readonly #copies: boolean
  /** Whether the socket has taken all that it wants for now; `drain` will be its next word. */
  #isBlocked = false
  /** Whether the system has not taken everything; the deadlines know since when. */
  #isPending = false

  constructor(host: WriterHost) {
    this.#host = host
    this.#socket = host.socket
    this.#copies = host.socket.constructor === Socket
  }

  /** Whether the system has taken everything, so that nothing in the machine waits for it either. */
  get isFree(): boolean {
    return !this.#isBlocked && this.waitingBytes === 0
  }

  /** How much the socket has not handed to the system. */
  get waitingBytes(): number {
    return this.#isPending ? this.#socket.writableLength : 0
  }

  /** Whether bytes of the arena may not have been copied yet; other streams than plain sockets are given none. */
  get mayHoldArena(): boolean {
    return this.#copies && (this.#host.protocol.outputBytes > 0 || this.#socket.writableLength > 0)
  }

  /**
   * Whether what is written next is most likely copied at once. What may wait for long should not lie in the arena, where it
   * would keep a whole block alive, of which nobody knows.
   */
  get copiesAtOnce(): boolean {
    return this.#copies && this.isFree
  }

  /** The socket is ready for more. */
  unblock(): void {
    this.#isBlocked = false
    this.#host.deadlines.written()
    this.#isPending = false
  }

  /**
   * Writes what waits in the machine; false if some of it is left although the socket would take more. `onTaken` is called
   * whenever the system has taken a part of it.
   */
  write(onTaken?: () => void): boolean {
    const { protocol } = this.#host
    for (let slices = 0; slices < SLICES_PER_TURN; slices++) {
      if (this.#isBlocked || !this.#socket.writable) return true
      const pieces = protocol.takeOutput(SLICE_BYTES)
      if (pieces.length === 0) return true
      this.#before()
      this.#after(
        pieces.length === 1 ? this.#socket.write(pieces[0], onTaken) : this.#writeAll(pieces, onTaken),
      )
    }
    return false
  }

  /** Writes bytes past the machine, in which nothing waits. */
  writeDirectly(bytes: Uint8Array): void {
    if (!this.#socket.writable) return
    this.#before()
    this.#after(this.#socket.write(bytes))
  }

  #writeAll(pieces: readonly Uint8Array[], onTaken: (() => void) | undefined): boolean {
    const socket = this.#socket
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
    if (bytes <= ARENA_PIECE_BYTES) return socket.write(this.#join(pieces, bytes), onTaken)
    // One system call for all pieces.
    socket.cork()
    let wantsMore = true
    for (const piece of pieces) wantsMore = socket.write(piece, onTaken)
    socket.uncork()
    return wantsMore
  }

  /** Up to the size of an arena's piece it is cheaper to copy pieces into one than to have the system gather them. */
  #join(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
    if (!this.copiesAtOnce) return Buffer.concat(pieces, bytes)
    const { arena } = this.#host.context.writes
    const offset = arena.allocate(bytes)
    copyPieces(pieces, arena.bytes, offset)
    return arena.bytes.subarray(offset, offset + bytes)
  }

  /** Notices that what was pending has been taken, for which a socket that is not full has no word. */
  #before(): void {
    if (!this.#isPending || this.#socket.writableLength > 0) return
    this.#isPending = false
    this.#host.deadlines.written()
  }

  #after(wantsMore: boolean): void {
    if (this.#socket.writableLength === 0) return
    // A stream that was written beyond its mark says so even if the system has taken everything in the meantime.
    if (!wantsMore) this.#isBlocked = true
    if (this.#isPending) return
    this.#isPending = true
    const { deadlines, context } = this.#host
    deadlines.writing(context.clock.monotonic())
  }
}
