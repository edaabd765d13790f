// Moves the output of a protocol machine into a socket: once per turn, in one write, never more than it takes.
import type { Duplex } from 'node:stream'
import type { Clock } from '../../clock.ts'
import type { WebSocketProtocol } from '../protocol/websocket-protocol.ts'

/**
 * The most bytes that are handed to the socket at once. The rest waits in the machine, where a pong can overtake it
 * at a frame boundary, where it can still be dropped, and where each slice taken is progress that can be seen.
 */
const SLICE_BYTES = 64 * 1024

export interface SocketWriterOptions {
  readonly socket: Duplex
  readonly protocol: WebSocketProtocol
  readonly clock: Clock
  /** Whether the socket may be ended when the machine is closed; otherwise the peer is waited for. */
  readonly mayEnd: () => boolean
  /** Called when a slice was handed to the socket. */
  readonly onWriting: () => void
  /** Called when the socket has taken it. */
  readonly onWritten: () => void
}

/** Writes for one connection, and ends the socket after the last byte of a closed one. */
export class SocketWriter {
  readonly #options: SocketWriterOptions
  #isScheduled = false
  #isWriting = false
  readonly #flushInTurn = (): void => {
    this.#isScheduled = false
    this.#flush()
  }
  readonly #sliceWritten = (): void => {
    this.#isWriting = false
    this.#options.onWritten()
    this.#flush()
  }

  constructor(options: SocketWriterOptions) {
    this.#options = options
  }

  /** Writes what is queued by the end of this turn. */
  schedule(): void {
    if (this.#isScheduled || this.#isWriting) return
    this.#isScheduled = true
    this.#options.clock.defer(this.#flushInTurn)
  }

  #flush(): void {
    const { socket, protocol, mayEnd, onWriting } = this.#options
    if (this.#isWriting || !socket.writable) return
    const pieces = protocol.takeOutput(SLICE_BYTES)
    const last = pieces.length - 1
    if (last < 0) {
      if (protocol.state === 'closed' && mayEnd()) socket.end()
      return
    }
    this.#isWriting = true
    onWriting()
    // One system call for all pieces; of their callbacks one is enough.
    socket.cork()
    pieces.forEach((piece, index) => {
      if (index < last) socket.write(piece)
      else socket.write(piece, this.#sliceWritten)
    })
    socket.uncork()
  }
}
