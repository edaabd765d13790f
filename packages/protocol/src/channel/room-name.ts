// The grammar of room names: segments joined by `:`, each percent-encoded, so that a name and its parameters determine
// each other.
import { MAX_ROOM_NAME_BYTES } from '../limits.ts'

/** What a parameter of a room may be. A `Date` is written as its ISO string. */
export type ParamValue = string | number | bigint | boolean | Date

const PARAM = /^\{([A-Za-z][A-Za-z0-9_]*)\}$/

/** One part of a pattern. */
export type Segment = { readonly literal: string } | { readonly param: string }

/** Splits a pattern into segments, without judging it. */
export function splitPattern(pattern: string): readonly Segment[] {
  return pattern.split(':').map((part) => {
    const param = PARAM.exec(part)?.[1]
    return param === undefined ? { literal: part } : { param }
  })
}

/** Percent-encodes everything outside `[A-Za-z0-9._~-]` as UTF-8 in upper-case hex. */
function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** The value that a segment encodes, or `undefined` if the segment is not the one way to write a value. */
export function decodeSegment(segment: string): string | undefined {
  try {
    const text = decodeURIComponent(segment)
    return text !== '' && encodeSegment(text) === segment ? text : undefined
  } catch {
    return undefined // a stray `%` or bytes that are not UTF-8
  }
}

/**
 * The name of a room.
 *
 * @throws {TypeError} if a parameter is missing, empty, or not a string, finite number, bigint or boolean.
 * @throws {RangeError} if the name would exceed 255 bytes.
 * @example
 * formatRoomName('chat:{roomId}', { roomId: 'a b' }) // 'chat:a%20b'
 */
export function formatRoomName(pattern: string, params: Readonly<Record<string, unknown>> = {}): string {
  const name = splitPattern(pattern)
    .map((segment) =>
      'literal' in segment ? segment.literal : formatParam(pattern, segment.param, params[segment.param]),
    )
    .join(':')
  if (name.length > MAX_ROOM_NAME_BYTES) {
    throw new RangeError(
      `The name of a room of "${pattern}" has ${name.length} bytes; at most ${MAX_ROOM_NAME_BYTES} are allowed.`,
    )
  }
  return name
}

function formatParam(pattern: string, param: string, value: unknown): string {
  const text = value instanceof Date ? toIsoString(value) : isPlain(value) ? String(value) : ''
  if (text === '') {
    throw new TypeError(
      `The parameter "${param}" of "${pattern}" must be a non-empty string, a finite number, a bigint or a boolean.`,
    )
  }
  try {
    return encodeSegment(text)
  } catch (cause) {
    throw new TypeError(`The parameter "${param}" of "${pattern}" is not valid Unicode.`, { cause })
  }
}

const toIsoString = (date: Date): string => (Number.isNaN(date.getTime()) ? '' : date.toISOString())

const isPlain = (value: unknown): value is string | number | bigint | boolean =>
  typeof value === 'string' ||
  Number.isFinite(value) ||
  typeof value === 'bigint' ||
  typeof value === 'boolean'
