// What a test says when something is not as the RFC wants it: what was expected and what came.
import { isDeepStrictEqual } from 'node:util'

/** A departure from what an item states. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch'
  readonly expected: string
  readonly got: string

  constructor(expected: string, got: string) {
    super(`expected ${expected}, got ${got}`)
    this.expected = expected
    this.got = got
  }
}

/** Passes if the two are deeply equal. */
export function same(got: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(plain(got), plain(expected))) {
    throw new Mismatch(`${what}: ${show(expected)}`, show(got))
  }
}

/** Passes if `got` is one of several allowed values. */
export function oneOf<T>(got: T, allowed: readonly T[], what: string): void {
  if (!allowed.includes(got)) throw new Mismatch(`${what}: one of ${show(allowed)}`, show(got))
}

/** Passes if the condition holds. */
export function holds(condition: boolean, expected: string, got: unknown): void {
  if (!condition) throw new Mismatch(expected, show(got))
}

/** Passes if the call throws. */
export function throws(call: () => unknown, what: string): void {
  try {
    call()
  } catch {
    return
  }
  throw new Mismatch(`${what} throws`, 'it did not')
}

/** A value in a few words. */
export function show(value: unknown): string {
  if (value instanceof Uint8Array) {
    const hex = Buffer.from(value.subarray(0, 24)).toString('hex')
    return `${value.length} bytes ${hex}${value.length > 24 ? '…' : ''}`
  }
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 160 ? `${text.slice(0, 160)}…` : text
}

/** Bytes are equal whatever class holds them. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value)
  return Array.isArray(value) ? value.map(plain) : value
}
