// Lists that were put together from the answers of several instances.
import { describeValue } from '../util/check-names.ts'
import type { ControlReport, Listing } from './control-bus.ts'

/** Some of what was asked for, and how much there is. */
export interface Listed<Item> extends Listing<Item> {
  /** Instances that did not answer in time. */
  readonly missing: readonly string[]
}

/** How much is listed. */
export interface ListOptions {
  /** The most items, of all instances together. @default 1000 */
  readonly limit?: number
}

const DEFAULT_LIMIT = 1000

/** @throws {TypeError} if it is no count. */
export function limitOf({ limit = DEFAULT_LIMIT }: ListOptions): number {
  if (Number.isInteger(limit) && limit >= 0) return limit
  throw new TypeError(`\`limit\` is how many to list at most, not ${describeValue(limit)}.`)
}

/** One list of the lists of all. */
export function merge<Item>({ answers, missing }: ControlReport<Listing<Item>>, limit: number): Listed<Item> {
  return {
    total: answers.reduce((sum, { total }) => sum + total, 0),
    items: answers.flatMap(({ items }) => items).slice(0, limit),
    missing,
  }
}
