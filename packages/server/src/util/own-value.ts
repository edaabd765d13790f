// Looks names up that a peer has chosen, so that `constructor` and `toString` find what was put there and nothing else.

/** The value of an own property, or `undefined` if there is none by this name. */
export function ownValue<Value>(
  record: Readonly<Record<string, Value>> | undefined,
  name: string,
): Value | undefined {
  return record && Object.hasOwn(record, name) ? record[name] : undefined
}
