// What a connection is waiting for and since when. It measures and decides nothing by itself: the time is given.
import type { WebSocketLimits } from '../websocket-limits.ts'

/** What did not happen in time: an answer to a ping, the end of a message, of a write, or of closing. */
export type Overdue = 'pong' | 'message' | 'write' | 'close'

/** The deadlines of one connection. All times are of a monotonic clock in milliseconds. */
export class ConnectionDeadlines {
  readonly #limits: WebSocketLimits
  #heardSinceMs: number
  #pongSinceMs: number | undefined
  #messageSinceMs: number | undefined
  #writeSinceMs: number | undefined
  #closeSinceMs: number | undefined

  constructor(limits: WebSocketLimits, nowMs: number) {
    this.#limits = limits
    this.#heardSinceMs = nowMs
  }

  /** Bytes arrived: the peer lives, whatever they say. */
  heard(nowMs: number): void {
    this.#heardSinceMs = nowMs
    this.#pongSinceMs = undefined
  }

  /** A ping went out. Whoever pings again does not give the peer more time for the first. */
  pinged(nowMs: number): void {
    this.#pongSinceMs ??= nowMs
  }

  /** A message is under way; `isNew` if it is not the one of before. */
  receivingMessage(nowMs: number, isNew: boolean): void {
    if (isNew || this.#messageSinceMs === undefined) this.#messageSinceMs = nowMs
  }

  receivedMessage(): void {
    this.#messageSinceMs = undefined
  }

  /** We are not reading: nothing that does not arrive is the peer's fault. */
  notReading(nowMs: number): void {
    this.heard(nowMs)
    if (this.#messageSinceMs !== undefined) this.#messageSinceMs = nowMs
  }

  /** Whether something that was written has not been taken yet. */
  get isWriting(): boolean {
    return this.#writeSinceMs !== undefined
  }

  writing(nowMs: number): void {
    this.#writeSinceMs = nowMs
  }

  written(): void {
    this.#writeSinceMs = undefined
  }

  closing(nowMs: number): void {
    this.#closeSinceMs ??= nowMs
  }

  /** What closing waited for has been given up, and the rest of it begins. */
  closingAnew(nowMs: number): void {
    this.#closeSinceMs = nowMs
  }

  /**
   * Whether a ping should find out if the peer is still there. While a write waits for the peer it would only
   * queue behind it, and the deadline of the write tells the same.
   */
  needsPing(nowMs: number): boolean {
    const isFree =
      this.#pongSinceMs === undefined && this.#writeSinceMs === undefined && this.#closeSinceMs === undefined
    return isFree && nowMs - this.#heardSinceMs >= this.#limits.pingAfterMs
  }

  /** The first deadline that has passed. */
  overdue(nowMs: number): Overdue | undefined {
    const { closeTimeoutMs, noProgressTimeoutMs, pongTimeoutMs, messageTimeoutMs } = this.#limits
    const hasPassed = (sinceMs: number | undefined, timeoutMs: number): boolean =>
      sinceMs !== undefined && nowMs - sinceMs >= timeoutMs
    if (hasPassed(this.#closeSinceMs, closeTimeoutMs)) return 'close'
    if (hasPassed(this.#writeSinceMs, noProgressTimeoutMs)) return 'write'
    // Once closing, nothing is expected of the peer but the end.
    if (this.#closeSinceMs !== undefined) return undefined
    if (hasPassed(this.#pongSinceMs, pongTimeoutMs)) return 'pong'
    if (hasPassed(this.#messageSinceMs, messageTimeoutMs)) return 'message'
    return undefined
  }
}
