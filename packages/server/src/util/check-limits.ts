// Limits that an application sets.
import type { Rate } from './token-bucket.ts'

/**
 * A limit is a number of something, or a rate; a misspelt one would silently be none.
 *
 * @param option Where they are set, for the message.
 * @param known All the limits that there are.
 * @throws {TypeError} for what is no limit.
 */
export function checkLimits<L extends object>(option: string, limits: L, known: L): void {
  for (const [name, value] of Object.entries(limits) as [string, number | Rate][]) {
    if (!Object.hasOwn(known, name)) throw new TypeError(`\`${option}.${name}\` is no limit.`)
    const numbers = typeof value === 'object' ? [value.perSecond, value.burst] : [value]
    if (!numbers.every((number) => typeof number === 'number' && number >= 0)) {
      throw new TypeError(`\`${option}.${name}\` must be zero or more, not ${JSON.stringify(value)}.`)
    }
  }
}
