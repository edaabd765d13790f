// Promises whose errors are typed.
import { RoomcastError, type ErrorCode } from '@roomcast/protocol/wire'

/** Carries the declared errors of a call; exists only for the compiler. */
declare const declaredErrors: unique symbol

/** The answer to a call. `settle` knows which errors it may end with. */
export interface CallPromise<Value, Errors> extends Promise<Value> {
  readonly [declaredErrors]?: Errors
}

/** An error that a contract declares, or one of Roomcast's own; `data` follows from `code`. */
export type CallError<Errors> =
  | { [Code in keyof Errors & string]: RoomcastError<Code, Errors[Code]> }[keyof Errors & string]
  | RoomcastError<ErrorCode>

/** How a promise ended. */
export type Settled<Value, Errors> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: CallError<Errors> }

/**
 * Waits for a promise of this client and gives its error as a value.
 *
 * @throws whatever is not a {@link RoomcastError}, since that is a mistake in the program.
 * @example
 * const result = await settle(room.call('rename', { title: 'x' }))
 * if (result.ok) show(result.value)
 * else if (result.error.code === 'taken') suggest(result.error.data.by)
 */
export async function settle<Value, Errors = Readonly<Record<never, never>>>(
  promise: PromiseLike<Value> & { readonly [declaredErrors]?: Errors },
): Promise<Settled<Value, Errors>> {
  try {
    return { ok: true, value: await promise }
  } catch (error) {
    if (!(error instanceof RoomcastError)) throw error
    return { ok: false, error: error as CallError<Errors> }
  }
}
