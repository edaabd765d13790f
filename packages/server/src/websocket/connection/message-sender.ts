// Turns messages into the frames of one connection, in the order in which they were sent.
import { Sequence } from '../../util/sequence.ts'
import type { WebSocketProtocol } from '../protocol/websocket-protocol.ts'
import type { Compressor } from './compression.ts'
import type { PreparedMessage } from './prepared-message.ts'

export interface MessageSenderOptions {
  readonly protocol: WebSocketProtocol
  /** Clients mask every frame anew, so they cannot share those of a prepared message. */
  readonly isClient: boolean
  readonly compressor: Compressor | undefined
  /** Called when frames were queued later than `send` returned. */
  readonly onQueued: () => void
}

/** Compresses where that was agreed on; messages that follow one that takes time wait for it. */
export class MessageSender {
  readonly #options: MessageSenderOptions
  readonly #sequence = new Sequence()
  #waitingBytes = 0

  constructor(options: MessageSenderOptions) {
    this.#options = options
  }

  /** Whether no message is being compressed. */
  get isIdle(): boolean {
    return this.#sequence.isIdle
  }

  /** Whether all who have this compressor send the same bytes. */
  get isShareable(): boolean {
    const { compressor, isClient } = this.#options
    return compressor !== undefined && compressor.isStateless && !isClient
  }

  /** The bytes of messages that are being compressed or wait for one that is. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /** Queues a message. */
  send(message: PreparedMessage): void {
    const { compressor } = this.#options
    if (this.#sequence.isIdle && (compressor === undefined || !message.mayCompress)) {
      this.#queue(message, undefined)
      return
    }
    const bytes = message.payloadBytes
    this.#waitingBytes += bytes
    this.#sequence.add(() => this.#compress(message, () => this.#forget(bytes)))
  }

  /** Queues frames of so many bytes behind the messages that are being compressed. */
  sendFrames(frames: readonly Uint8Array[], bytes: number): void {
    this.#waitingBytes += bytes
    this.#sequence.add(() => {
      this.#forget(bytes)
      this.#options.protocol.sendFrames(frames)
    })
  }

  /** The frames that all who share the compressor send; undefined if nobody does, or they are not known at once. */
  sharedFramesOf(message: PreparedMessage): readonly Uint8Array[] | undefined {
    if (!this.isShareable) return undefined
    if (!message.mayCompress) return message.frames
    const compressed = message.compressedWith(this.#options.compressor!)
    return compressed instanceof Promise ? undefined : (compressed ?? message.frames)
  }

  /** Calls back when everything before has been queued; at once if nothing waits. */
  afterAll(callback: () => void): void {
    if (this.#sequence.isIdle) callback()
    else this.#sequence.add(callback)
  }

  /** Drops what has not been queued. */
  clear(): void {
    this.#sequence.clear()
    this.#waitingBytes = 0
  }

  #forget(bytes: number): void {
    this.#waitingBytes = Math.max(0, this.#waitingBytes - bytes)
  }

  #compress(message: PreparedMessage, done: () => void): void | Promise<void> {
    const { compressor, onQueued } = this.#options
    const finish = (compressed: Uint8Array | readonly Uint8Array[] | undefined): void => {
      done()
      this.#queue(message, compressed)
    }
    if (compressor === undefined || !message.mayCompress) return finish(undefined)
    const result = this.isShareable ? message.compressedWith(compressor) : compressor.deflate(message.payload)
    if (!(result instanceof Promise)) return finish(result)
    return result.then((compressed) => {
      finish(compressed)
      onQueued()
    })
  }

  #queue(message: PreparedMessage, compressed: Uint8Array | readonly Uint8Array[] | undefined): void {
    const { protocol, isClient } = this.#options
    const { isText, payload, frames } = message
    if (compressed instanceof Uint8Array) protocol.sendMessage(compressed, { isText, isCompressed: true })
    else if (compressed !== undefined) protocol.sendFrames(compressed)
    else if (isClient) protocol.sendMessage(payload, { isText })
    else protocol.sendFrames(frames)
  }
}
