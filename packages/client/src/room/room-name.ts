// The name of a room, as the protocol package writes it, in a fraction of the bytes: `formatRoomName` also explains at
// length what is wrong, which the compiler tells the users of this package. A property test holds the two together.
import { MAX_ROOM_NAME_BYTES } from '@roomcast/protocol/wire'

/** @throws {TypeError | RangeError | URIError} if a parameter is missing or cannot be part of a name. */
export function roomName(pattern: string, params: Readonly<Record<string, unknown>> = {}): string {
  const name = pattern.replace(/\{(\w+)\}/g, (_, param: string) => {
    const value = params[param]
    const text = value instanceof Date ? value.toISOString() : isPlain(value) ? String(value) : ''
    if (!text) throw new TypeError(`"${param}" of "${pattern}" is missing.`)
    return encodeURIComponent(text).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    )
  })
  if (name.length > MAX_ROOM_NAME_BYTES) throw new RangeError(`The name of "${pattern}" is too long.`)
  return name
}

const isPlain = (value: unknown): value is string | number | bigint | boolean =>
  ['string', 'bigint', 'boolean'].includes(typeof value) || Number.isFinite(value)
