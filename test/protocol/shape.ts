// The form of a value, said in a few words. Fields that a shape does not name are allowed, since receivers ignore them (§2).
import { show } from '../conformance/check.ts'
import type { Fields } from './messages.ts'

/** Says what is wrong with a value, naming the place; nothing if it has this shape. */
export type Shape = (value: unknown, place: string) => string | undefined

const shape =
  (what: string, isRight: (value: unknown) => boolean): Shape =>
  (value, place) =>
    isRight(value) ? undefined : `${place} is ${show(value)}, which is not ${what}`

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

export const text = shape('a string', (value) => typeof value === 'string')
export const flag = shape('true or false', (value) => typeof value === 'boolean')
export const count = shape('an integer from 0 to 2^53 - 1', isCount)
export const ordinal = shape('an integer from 1 to 2^53 - 1', (value) => isCount(value) && value > 0)
export const tag = shape('an integer from 0 to 2^32 - 1', (value) => isCount(value) && value < 2 ** 32)
export const closeCode = shape('a code', (value) => isCount(value) && value >= 1000 && value < 5000)
export const room = shape(
  'the name of a room',
  (value) => typeof value === 'string' && value.length > 0 && Buffer.byteLength(value) <= 255,
)
export const name = shape(
  'a string of 1 to 128 characters',
  (value) => typeof value === 'string' && value.length > 0 && value.length <= 128,
)
export const anything = shape('there', (value) => value !== undefined)

/** One of several strings. */
export const oneOfTexts = (...texts: readonly string[]): Shape =>
  shape(`one of ${texts.join(', ')}`, (value) => texts.includes(value as string))

/** The shape, or null. */
export const nullOr =
  (inner: Shape): Shape =>
  (value, place) =>
    value === null ? undefined : inner(value, place)

/** An array whose items have a shape. */
export const listOf =
  (inner: Shape): Shape =>
  (value, place) =>
    Array.isArray(value)
      ? value.map((item, index) => inner(item, `${place}[${index}]`)).find((fault) => fault !== undefined)
      : `${place} is ${show(value)}, which is not an array`

/** An object with these fields; those of `optional` may be absent. */
export const fields =
  (required: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape =>
  (value, place) => {
    if (!isFields(value)) return `${place} is ${show(value)}, which is not an object`
    for (const [key, inner] of Object.entries(required)) {
      const fault = inner(value[key], `${place}.${key}`)
      if (fault !== undefined) return fault
    }
    for (const [key, inner] of Object.entries(optional)) {
      const fault = value[key] === undefined ? undefined : inner(value[key], `${place}.${key}`)
      if (fault !== undefined) return fault
    }
    return undefined
  }
