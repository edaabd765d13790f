// Messages that are framed, and compressed, once and sent to any number of connections.
import { describeValue } from '../../util/check-names.ts'
import { encodedHeaderBytes, encodeHeader } from '../protocol/frame-header.ts'
import { encodeMessage, FRAGMENT_BYTES } from '../protocol/frame-writer.ts'
import { Opcode } from '../protocol/opcode.ts'
import type { Compressor } from './compression.ts'

/** How a message is sent. */
export interface MessageOptions {
  /**
   * False keeps a message out of compression where that was agreed on: one that is compressed already, or that holds a
   * secret beside something that others choose (a length can tell secrets: BREACH).
   * @default true
   */
  readonly compress?: boolean
}

type Frames = readonly Uint8Array[]
type Outcome = Frames | undefined | Promise<Frames | undefined>

/** A message that is ready for any number of connections. Made by {@link prepareMessage}. */
export class PreparedMessage {
  readonly isText: boolean
  readonly mayCompress: boolean
  readonly payloadBytes: number
  /** The payload, or the one frame that ends with it. What is not given is made when it is asked for. */
  readonly #source: Uint8Array
  #frames: Frames | undefined
  #compressed: Map<Compressor, Outcome> | undefined

  /** Takes a payload, or the one frame that ends with it, which nobody may change from here on. */
  constructor(isText: boolean, mayCompress: boolean, source: Uint8Array, payloadBytes: number) {
    this.isText = isText
    this.mayCompress = mayCompress
    this.payloadBytes = payloadBytes
    this.#source = source
    if (source.length > payloadBytes) this.#frames = [source]
  }

  get payload(): Uint8Array {
    return this.#source.subarray(this.#source.length - this.payloadBytes)
  }

  /** The frames that servers send, which do not mask, so that all connections share their bytes. */
  get frames(): Frames {
    return (this.#frames ??= encodeMessage(this.payload, { isText: this.isText }))
  }

  /**
   * The frames with what `compressor`, a stateless one, makes of the payload: made once for all connections that share
   * it. Undefined if the message is better sent as it is.
   */
  compressedWith(compressor: Compressor): Outcome {
    const known = (this.#compressed ??= new Map<Compressor, Outcome>())
    if (known.has(compressor)) return known.get(compressor)
    const result = compressor.deflate(this.payload)
    if (!(result instanceof Promise)) {
      const frames = this.#frame(result)
      known.set(compressor, frames)
      return frames
    }
    const pending = result.then((compressed) => {
      const frames = this.#frame(compressed)
      known.set(compressor, frames)
      return frames
    })
    known.set(compressor, pending)
    return pending
  }

  #frame(compressed: Uint8Array | undefined): Frames | undefined {
    const { isText } = this
    return compressed && encodeMessage(compressed, { isText, isCompressed: true })
  }
}

/**
 * Prepares a message: a string becomes a text message, bytes a binary one. The bytes are copied.
 *
 * @throws {TypeError} for anything else.
 * @example
 * const message = prepareMessage('hello')
 * for (const connection of server.connections) connection.sendPrepared(message)
 */
export function prepareMessage(data: string | Uint8Array, options?: MessageOptions): PreparedMessage {
  const compress = options?.compress ?? true
  const isText = typeof data === 'string'
  if (!isText && !(data instanceof Uint8Array)) {
    throw new TypeError(
      `A message is a string or a Uint8Array, not ${describeValue(data)}: use JSON.stringify, or wrap views and buffers in one.`,
    )
  }
  const payloadBytes = isText ? Buffer.byteLength(data) : data.length
  if (payloadBytes > FRAGMENT_BYTES) {
    const payload = isText ? Buffer.from(data) : Buffer.copyBytesFrom(data)
    return new PreparedMessage(isText, compress, payload, payloadBytes)
  }
  const headerLength = encodedHeaderBytes(payloadBytes, false)
  // `allocUnsafe` is overwritten to its last byte: a header, then exactly the payload that it was sized for.
  const frame = Buffer.allocUnsafe(headerLength + payloadBytes)
  const opcode = isText ? Opcode.text : Opcode.binary
  encodeHeader(frame, { isFinal: true, isCompressed: false, opcode, payloadBytes, maskKey: undefined })
  if (isText) frame.write(data, headerLength)
  else frame.set(data, headerLength)
  return new PreparedMessage(isText, compress, frame, payloadBytes)
}
