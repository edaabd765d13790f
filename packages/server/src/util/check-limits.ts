// Limits that an application sets.
import { checkNames, describeValue } from './check-names.ts'
import type { Rate } from './token-bucket.ts'

/**
 * A limit is a number of something, or a rate; a misspelt one would silently be none. Returns the limits that are set and
 * the defaults for all others.
 *
 * @param option Where they are set, for the message.
 * @param given What is set; undefined sets nothing.
 * @param defaults All the limits that there are.
 * @throws {TypeError} for what is no limit, saying what would be one.
 */
export function checkLimits<L extends object>(option: string, given: Partial<L> | undefined, defaults: L): L {
  checkNames(`\`${option}\``, given === undefined ? {} : given, Object.keys(defaults))
  const limits = { ...defaults }
  for (const name of Object.keys(defaults) as (keyof L & string)[]) {
    const value = given?.[name]
    if (value === undefined) continue
    const isRate = typeof defaults[name] === 'object'
    if (!(isRate ? isRateValue(value) : isAmount(value))) {
      const wanted = isRate
        ? 'a rate { perSecond, burst }, both numbers that are zero or more'
        : 'a number that is zero or more'
      throw new TypeError(`\`${option}.${name}\` must be ${wanted}, not ${show(value)}.`)
    }
    limits[name] = value
  }
  return limits
}

function isRateValue(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { perSecond, burst } = value as Partial<Rate>
  return isAmount(perSecond) && isAmount(burst)
}

/** `Infinity` is one: it turns a limit off. */
function isAmount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0
}

/** JSON would show NaN as null. */
function show(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return describeValue(value)
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${describeValue(field)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}
