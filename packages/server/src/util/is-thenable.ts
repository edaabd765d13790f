// Whether somebody answers later.

/** Whether a value is a promise, or is used like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  const mayHaveMembers = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return mayHaveMembers && 'then' in value && typeof value.then === 'function'
}
