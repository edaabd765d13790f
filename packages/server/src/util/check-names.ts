// Options by their names.

/**
 * A misspelt option would silently not be there, so unknown names are refused. A name whose value is undefined is as good
 * as left out.
 *
 * @param subject Whose options they are, for the message.
 * @param known All the names that there are.
 * @throws {TypeError} for what is no object, and for a name that is not known.
 */
export function checkNames(subject: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${subject} takes an object of options, not ${describeValue(options)}.`)
  }
  const unknown = Object.entries(options).find(
    ([name, value]) => value !== undefined && !known.includes(name),
  )
  if (unknown === undefined) return
  throw new TypeError(
    `${subject} has no option ${JSON.stringify(unknown[0])}; there are ${known.join(', ')}.`,
  )
}

/** A value as it is shown in a message: what an application passed by mistake. */
export function describeValue(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'number')
    return String(value)
  try {
    return JSON.stringify(value) ?? 'undefined'
  } catch {
    return 'an object'
  }
}
