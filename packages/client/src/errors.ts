// How the client makes its errors. The texts are short because they are part of every bundle; the reference of error
// codes says more.
import { RoomcastError, type ErrorCode, type Outcome } from '@roomcast/protocol/wire'
import type { RoomcastErrorDetails } from '@roomcast/protocol/wire'

/** An error that the client itself raises. */
export const clientError = (
  code: ErrorCode,
  message: string,
  details?: RoomcastErrorDetails,
): RoomcastError => new RoomcastError(code, message, details)

export const timeoutError = (outcome: Outcome): RoomcastError =>
  clientError('timeout', 'No answer in time.', { temporary: true, outcome })

export const outcomeUnknownError = (): RoomcastError =>
  clientError('outcomeUnknown', 'Lost before the answer.', { outcome: 'unknown' })

export const disconnectedError = (message: string, cause?: unknown): RoomcastError =>
  clientError('disconnected', message, { temporary: true, cause })

/** What `data` of an error with the code `closed` holds. */
export interface ClosedData {
  /** The code of the close; see `CLOSE_CODES`. */
  readonly closeCode: number
  readonly reason: string
}

export const closedError = (closeCode: number, reason: string): RoomcastError =>
  clientError('closed', `Closed for good: ${closeCode} ${reason}`, {
    data: { closeCode, reason } satisfies ClosedData,
  })

/** The same error for a command that was already written, which may therefore have been applied. */
export const withUnknownOutcome = (error: RoomcastError): RoomcastError =>
  new RoomcastError(error.code, error.message, { ...error, outcome: 'unknown' })
