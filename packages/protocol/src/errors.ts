// The one base class of every error that Roomcast throws or rejects with.

/** Whether a command that failed was applied: certainly not, or nobody knows. */
export type Outcome = 'notApplied' | 'unknown'

/**
 * An error with a literal code. The message is derived from its fields and meant for developers.
 *
 * @example
 * catch (error) {
 *   if (error instanceof RoomcastError && error.code === 'forbidden') showLogin()
 * }
 */
export class RoomcastError<Code extends string = string, Data = unknown> extends Error {
  override readonly name: string = 'RoomcastError'
  readonly code: Code
  /** Whether the same attempt may succeed later. */
  readonly temporary: boolean
  /** For a failed publish or call: whether it may have been applied. */
  readonly outcome: Outcome
  /** How long to wait before the next attempt, in milliseconds, where the server said so. */
  readonly retryAfterMs: number | undefined
  /** What the error carries: for errors that a contract declares, the declared data. */
  readonly data: Data

  constructor(code: Code, message: string, details: RoomcastErrorDetails<Data> = {}) {
    super(message, details)
    this.code = code
    this.temporary = details.temporary ?? false
    this.outcome = details.outcome ?? 'notApplied'
    this.retryAfterMs = details.retryAfterMs
    this.data = details.data as Data
  }
}

/** The optional fields of a {@link RoomcastError}. */
export interface RoomcastErrorDetails<Data = unknown> {
  readonly temporary?: boolean | undefined
  readonly outcome?: Outcome | undefined
  readonly retryAfterMs?: number | undefined
  readonly data?: Data | undefined
  readonly cause?: unknown
}
