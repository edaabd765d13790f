// Commands and their answers: gives ids, keeps to the server's limits, and matches each answer to its command.
// It works with callbacks, not promises: a reply must take effect before the push that arrives right behind it.
import { RoomcastError } from '@roomcast/protocol/wire'
import type { Answer, AnsweredCommand, Codec, CommandOf, Payload, ResultOf } from '@roomcast/protocol/wire'
import type { Clock, Timer } from '../clock.ts'
import { clientError, timeoutError } from '../errors.ts'

/** A command without its id. */
export type Unnumbered<Type extends AnsweredCommand['type']> = Type extends unknown
  ? Loose<Omit<CommandOf<Type>, 'id'>>
  : never

/** Codecs leave out the keys whose value is `undefined`. */
type Loose<T> = { readonly [Key in keyof T]: object extends Pick<T, Key> ? T[Key] | undefined : T[Key] }

/** What becomes of a command: exactly one of `reply`, `error` and `lost` happens, once. */
export interface RequestHandlers<Result> {
  /** The command was handed to the transport. */
  written?(): void
  reply?(result: Result): void
  /** The server refused the command, or it cannot be sent, or no answer came in time. */
  error?(error: RoomcastError): void
  /** There is no connection any more, or there was none; `final` says why if there will be no other. */
  lost?(wasWritten: boolean, final?: RoomcastError): void
}

/** A command as it is written. */
export interface Encoded {
  readonly id: number
  readonly payload: Payload
}

/** A command that is ready to be sent, and after it was lost to be sent again. */
export interface TrackedRequest extends Encoded, RequestHandlers<never> {
  /** How long the answer may take once the command is written; left out, as long as it takes. */
  readonly timeoutMs?: number | undefined
  timer?: Timer
}

/** The limits of the server that concern single messages. */
export interface RequestLimits {
  readonly maxOutstandingCommands: number
  readonly maxMessageBytes: number
}

/** The options that the tracker needs. */
export interface RequestTrackerOptions {
  readonly clock: Clock
  readonly codec: Codec
}

/** Until the server has told its own. */
const FIRST_LIMITS: RequestLimits = { maxOutstandingCommands: 32, maxMessageBytes: Infinity }

/** All commands of one client. */
export class RequestTracker {
  readonly #options: RequestTrackerOptions
  readonly #transmit: (payload: Payload) => void
  readonly #written = new Map<number, TrackedRequest>()
  readonly #held = new Set<TrackedRequest>()
  #isOpen = false
  #isReady = false
  #limits = FIRST_LIMITS
  #lastId = 0

  constructor(options: RequestTrackerOptions, transmit: (payload: Payload) => void) {
    this.#options = options
    this.#transmit = transmit
  }

  /** Whether `connect` was answered. Until then only commands may be sent that a new connection begins with. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** The connection is open. */
  open(): void {
    this.#isOpen = true
  }

  /** `connect` was answered. */
  ready(limits: RequestLimits): void {
    this.#isReady = true
    this.#limits = limits
    this.#pump()
  }

  /** The connection is gone, and with it every answer that was awaited. */
  close(final?: RoomcastError): void {
    this.#isOpen = this.#isReady = false
    for (const request of [...this.#written.values(), ...this.#held]) {
      const wasWritten = this.#written.has(request.id)
      this.forget(request)
      request.lost?.(wasWritten, final)
    }
  }

  /**
   * Numbers and encodes a command, so that it can be sent, and sent again, exactly as it is now.
   * @throws {RoomcastError} `invalidData` if it cannot be encoded.
   */
  encode(command: Unnumbered<AnsweredCommand['type']>): Encoded {
    const id = ++this.#lastId
    try {
      return { id, payload: this.#options.codec.encode({ id, ...command }) }
    } catch (cause) {
      throw clientError('invalidData', 'Cannot be encoded.', { cause })
    }
  }

  /**
   * Sends a command. Without a connection it is lost at once.
   * @param timeoutMs how long the answer may take once the command is written; left out, as long as it takes
   */
  ask<Type extends AnsweredCommand['type']>(
    command: Unnumbered<Type>,
    handlers: RequestHandlers<ResultOf[Type]>,
    timeoutMs?: number,
  ): void {
    let encoded
    try {
      encoded = this.encode(command)
    } catch (error) {
      return handlers.error?.(error as RoomcastError)
    }
    this.send({ ...encoded, ...handlers, timeoutMs })
  }

  /** Sends what `encode` made, after whatever waits already. Without a connection it is lost at once. */
  send(request: TrackedRequest): void {
    if (!this.#isOpen) return request.lost?.(false)
    this.#held.add(request)
    this.#pump()
  }

  /** Takes an answer. One that nobody waits for any more is ignored. */
  answer(answer: Answer): void {
    const request = this.#written.get(answer.id)
    if (!request) return
    this.forget(request)
    if (answer.type === 'reply') request.reply?.(answer.result as never)
    // Its code is one of ours, or one that the contract declares for the call.
    else request.error?.(new RoomcastError(answer.error.code, answer.error.message, answer.error))
    this.#pump()
  }

  /** Waits no longer for an answer; none of the handlers will be called. */
  forget(request: TrackedRequest): void {
    request.timer?.cancel()
    this.#written.delete(request.id)
    this.#held.delete(request)
  }

  /** Writes what waits, in order, as far as the server's limit allows. */
  #pump(): void {
    for (const request of [...this.#held]) {
      if (!this.#isOpen || this.#written.size >= this.#limits.maxOutstandingCommands) return
      if (this.#held.delete(request)) this.#write(request)
    }
  }

  #write(request: TrackedRequest): void {
    const { id, payload, timeoutMs } = request
    const bytes = byteLength(payload, this.#limits.maxMessageBytes)
    if (bytes > this.#limits.maxMessageBytes) {
      return request.error?.(clientError('payloadTooLarge', `${bytes} bytes exceed the server's limit.`))
    }
    this.#written.set(id, request)
    if (timeoutMs !== undefined) {
      request.timer = this.#options.clock.setTimer(() => {
        this.forget(request)
        request.error?.(timeoutError('unknown'))
        this.#pump()
      }, timeoutMs)
    }
    request.written?.()
    this.#transmit(payload)
  }
}

/** The length in bytes, or a length in characters that is certainly small enough: most messages need no counting. */
function byteLength(payload: Payload, maxBytes: number): number {
  if (typeof payload !== 'string' || payload.length * 3 <= maxBytes) return payload.length
  return new TextEncoder().encode(payload).length
}
