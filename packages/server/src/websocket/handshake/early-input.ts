// What a client does while the application decides about it.
import type { Duplex } from 'node:stream'
import { ByteAccumulator } from '../../util/bytes.ts'
import { ignoreErrors } from './stream-errors.ts'

export interface EarlyInputOptions {
  /** What came with the request. */
  readonly head: Uint8Array
  /** Beyond so many bytes no more is read until it is decided, and the client has to wait. */
  readonly maxBytes: number
  /** The client has ended the connection or its side of it. Called once at most. */
  readonly onGone: () => void
}

/**
 * Reads a stream that waits for its answer, because only a stream that is read tells that the other side has gone. What
 * comes is kept: a client may send as soon as it has sent its request.
 */
export class EarlyInput {
  readonly #stream: Duplex
  readonly #options: EarlyInputOptions
  readonly #bytes = new ByteAccumulator()
  #isReleased = false

  constructor(stream: Duplex, options: EarlyInputOptions) {
    this.#stream = stream
    this.#options = options
    this.#bytes.append(options.head)
    ignoreErrors(stream)
    stream.on('data', this.#keep).on('end', this.#end).on('close', this.#end)
    if (this.#bytes.length >= options.maxBytes) stream.pause()
  }

  /** Stops, and hands over what came. The stream is paused if there was too much. */
  release(): Uint8Array {
    this.#isReleased = true
    this.#stream.off('data', this.#keep).off('end', this.#end).off('close', this.#end)
    return this.#bytes.take()
  }

  readonly #keep = (chunk: Uint8Array): void => {
    this.#bytes.append(chunk)
    if (this.#bytes.length >= this.#options.maxBytes) this.#stream.pause()
  }

  readonly #end = (): void => {
    if (!this.#isReleased) this.#options.onGone()
  }
}
