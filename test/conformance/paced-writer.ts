// Writes the pieces of a chopped input so that each arrives by itself.
import type { Duplex } from 'node:stream'
import type { Chopper } from './chopping.ts'
import { nextTurn } from './patience.ts'

/** Collects what a test sends, and writes it when the test begins to wait. */
export class PacedWriter {
  readonly #stream: Duplex
  readonly #chopper: Chopper
  #parts: Uint8Array[] = []
  #written = Promise.resolve()

  constructor(stream: Duplex, chopper: Chopper) {
    this.#stream = stream
    this.#chopper = chopper
  }

  /** Whether something was sent and not yet written. */
  get hasParts(): boolean {
    return this.#parts.length > 0
  }

  send(...parts: readonly Uint8Array[]): void {
    this.#parts.push(...parts)
  }

  /** Resolves once everything was handed to the operating system, or the stream is gone. */
  flush(): Promise<void> {
    const parts = this.#parts
    this.#parts = []
    if (parts.length > 0) this.#written = this.#written.then(() => this.#write(this.#chopper.chop(parts)))
    return this.#written
  }

  async #write(pieces: readonly Uint8Array[]): Promise<void> {
    // One turn of the event loop for each piece, and from the same point of the turn each time: the server, in this
    // process, has read it before the next leaves.
    await nextTurn()
    for (const piece of pieces) {
      if (!this.#stream.writable) return
      await write(this.#stream, piece)
      await nextTurn()
    }
  }
}

function write(stream: Duplex, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('close', done)
      resolve()
    }
    stream.once('close', done)
    stream.write(bytes, done)
  })
}
