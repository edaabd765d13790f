// How a command ended. Failures that a client causes are values, never exceptions.
import {
  ERROR_CODES,
  isErrorCode,
  RoomcastError,
  type ErrorCode,
  type ResultOf,
  type WireError,
} from '@roomcast/protocol/wire'

/** A command's result or its error. */
export type CommandOutcome<Type extends keyof ResultOf> =
  { readonly ok: true; readonly result: ResultOf[Type] } | Failure

/** A failed command. */
export interface Failure {
  readonly ok: false
  readonly error: WireError
}

/** Success. */
export const succeed = <Type extends keyof ResultOf>(result: ResultOf[Type]): CommandOutcome<Type> => ({
  ok: true,
  result,
})

/** Failure with a code of the table; the message is the table's unless a better one is known. */
export function fail(
  code: ErrorCode,
  details: {
    readonly message?: string
    readonly data?: unknown
    readonly outcome?: 'unknown'
    /** A time that JSON cannot hold, since nothing will change, is left out. */
    readonly retryAfterMs?: number
  } = {},
): Failure {
  const entry = ERROR_CODES[code]
  return {
    ok: false,
    error: {
      code,
      message: details.message ?? entry.message,
      ...(entry.temporary && { temporary: true }),
      ...(details.outcome && { outcome: details.outcome }),
      ...(Number.isFinite(details.retryAfterMs) && { retryAfterMs: details.retryAfterMs! }),
      ...(details.data !== undefined && { data: details.data }),
    },
  }
}

/** What a seam below rejected with, such as a broker that cannot be reached; `undefined` if it is no error of ours. */
export function failureOf(error: unknown): Failure | undefined {
  if (!(error instanceof RoomcastError)) return undefined
  const { code, outcome } = error as RoomcastError
  if (!isErrorCode(code)) return undefined
  return fail(code, outcome === 'unknown' ? { outcome: 'unknown' } : {})
}

/** An answer without content. */
export const NOTHING = {} as const
