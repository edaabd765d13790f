// Takes messages from the machine to the application: inflated where they are compressed, and in order.
import { isUtf8 } from 'node:buffer'
import { Sequence } from '../../util/sequence.ts'
import { protocolErrors, type WebSocketProtocolError } from '../protocol/protocol-error.ts'
import type { MessageEvent } from '../protocol/protocol-event.ts'
import type { Decompressor } from './compression.ts'
import type { MessageDelivery } from './message-delivery.ts'

export interface MessageReceiverOptions {
  readonly delivery: MessageDelivery
  /** Undefined if nothing arrives compressed. */
  readonly decompressor: Decompressor | undefined
  /** Counts the bytes that came out of a message beyond those that came in; false if they are too many. */
  readonly mayTake: (bytes: number) => boolean
  /** Called when a message cannot be restored. */
  readonly onInvalid: (error: WebSocketProtocolError) => void
  /** Called when messages were passed on later than `receive` returned, and when none is left. */
  readonly onLate: () => void
}

/** Inflates one message at a time; those behind it wait, as they came. */
export class MessageReceiver {
  readonly #options: MessageReceiverOptions
  readonly #sequence: Sequence
  /** Who waits for the messages so far. */
  #waiting: (() => void)[] = []
  /** Counts how often the messages were dropped; what was being restored meanwhile is not wanted any more. */
  #drops = 0

  constructor(options: MessageReceiverOptions) {
    this.#options = options
    this.#sequence = new Sequence(() => {
      options.onLate()
      this.release()
    })
  }

  /** Whether messages wait to be inflated. */
  get isBusy(): boolean {
    return !this.#sequence.isIdle
  }

  /** Takes a message; `run` of the delivery hands it over. */
  receive(event: MessageEvent): void {
    if (!event.isCompressed && this.#sequence.isIdle) this.#pass(event.isText, event.data)
    else this.#sequence.add(() => this.#restore(event))
  }

  /** Calls back when all messages so far have been given to the delivery or dropped; at once if none waits. */
  afterAll(callback: () => void): void {
    if (this.#sequence.isIdle) callback()
    else this.#waiting.push(callback)
  }

  /** Drops the messages that wait, also the one that is being restored. */
  drop(): void {
    this.#drops++
    this.#sequence.clear()
  }

  /** Lets those go on who wait for messages. */
  release(): void {
    for (const callback of this.#waiting.splice(0)) callback()
  }

  #restore({ isText, isCompressed, data }: MessageEvent): void | Promise<void> {
    const { decompressor, onLate } = this.#options
    if (!isCompressed || decompressor === undefined) return this.#pass(isText, data)
    const result = decompressor.inflate(data)
    if (!(result instanceof Promise)) return this.#accept(isText, result, data.length)
    const drops = this.#drops
    return result.then((late) => {
      if (drops !== this.#drops) return
      this.#accept(isText, late, data.length)
      onLate()
    })
  }

  #accept(isText: boolean, result: Uint8Array | WebSocketProtocolError, compressedBytes: number): void {
    const { mayTake, onInvalid } = this.#options
    if ('closeCode' in result) onInvalid(result)
    else if (!mayTake(Math.max(0, result.length - compressedBytes))) onInvalid(protocolErrors.tooManyBytes)
    // RFC 7692 §6.2: what counts is the text that was compressed.
    else if (isText && !isUtf8(result)) onInvalid(protocolErrors.invalidText)
    else this.#pass(isText, result)
  }

  #pass(isText: boolean, data: Uint8Array): void {
    this.#options.delivery.push(isText ? textOf(data) : data)
  }
}

/** The string of UTF-8. */
function textOf(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8')
}
