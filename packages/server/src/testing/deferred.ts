// A promise that a test settles by hand, to hold something back until it is time.

/** A promise and the functions that settle it. */
export interface Deferred<Value> {
  readonly promise: Promise<Value>
  readonly resolve: (value: Value) => void
  readonly reject: (reason: Error) => void
}

/** Makes a promise that is pending until told otherwise. */
export function defer<Value = void>(): Deferred<Value> {
  let settle: Omit<Deferred<Value>, 'promise'> | undefined
  const promise = new Promise<Value>((resolve, reject) => (settle = { resolve, reject }))
  // The executor has run by now, so the functions are there.
  return { promise, ...settle! }
}
