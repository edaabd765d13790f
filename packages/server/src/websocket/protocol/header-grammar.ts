// The lexical rules of HTTP fields (RFC 9110 §5.5, §5.6) by hand, in linear time and without expressions.
import { Utf8Validator } from './utf8-validator.ts'

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** `tchar` of RFC 9110 §5.6.2. */
const TOKEN_CHARACTERS = characterSet(`!#$%&'*+-.^_\`|~${ALPHANUMERIC}`)
/** The alphabet of RFC 4648 §4. */
const BASE64_CHARACTERS = characterSet(`+/${ALPHANUMERIC}`)
const TAB = 0x09
const SPACE = 0x20
const DELETE = 0x7f

export function isTokenCharacter(code: number): boolean {
  return TOKEN_CHARACTERS[code] === 1
}

/** Whether the characters before `end` are those of base64, padding not among them. */
export function isBase64(text: string, end: number): boolean {
  for (let index = 0; index < end; index++) if (BASE64_CHARACTERS[text.charCodeAt(index)] !== 1) return false
  return true
}

export function isToken(text: string): boolean {
  for (let index = 0; index < text.length; index++)
    if (!isTokenCharacter(text.charCodeAt(index))) return false
  return text.length > 0
}

/** Whether all of it is printable ASCII without spaces, as a request target must be (RFC 3986 §2, RFC 9112 §3.2). */
export function isVisible(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code <= SPACE || code >= DELETE) return false
  }
  return true
}

/** Optional white space of RFC 9110 §5.6.3; less than what `String.trim` calls white space. */
export function isWhitespace(code: number): boolean {
  return code === SPACE || code === TAB
}

/** Without the optional white space at both ends. */
export function trimWhitespace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isWhitespace(text.charCodeAt(start))) start++
  while (end > start && isWhitespace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** The elements of a comma-separated list of tokens; empty ones are kept for the caller to judge. */
export function splitList(text: string): string[] {
  return text.split(',').map(trimWhitespace)
}

/** Whether a list of tokens, over all the fields of that name, has `token` in any case. */
export function listHas(fields: readonly string[], token: string): boolean {
  for (const field of fields) {
    for (let start = 0; start <= field.length;) {
      const comma = field.indexOf(',', start)
      const end = comma < 0 ? field.length : comma
      const isLongEnough = end - start >= token.length
      if (isLongEnough && trimWhitespace(field.slice(start, end)).toLowerCase() === token) return true
      start = end + 1
    }
  }
  return false
}

/**
 * Whether a field value, one character per byte, has no control characters. Those at 0x80 to 0x9F separate
 * lines for some readers (NEL, 0x85), so they pass only as a part of UTF-8, as in a cookie.
 */
export function isFieldValue(value: string): boolean {
  let hasHighControl = false
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index)
    if ((code < SPACE && code !== TAB) || code === DELETE || code > 0xff) return false
    if (code >= 0x80 && code <= 0x9f) hasHighControl = true
  }
  return !hasHighControl || isUtf8(Uint8Array.from(value, (character) => character.charCodeAt(0)))
}

/** One for each character code that is in the set. A look-up here costs a fifth of one in a Set. */
export function characterSet(characters: string): Uint8Array {
  const codes = new Uint8Array(256)
  for (const character of characters) codes[character.charCodeAt(0)] = 1
  return codes
}

function isUtf8(bytes: Uint8Array): boolean {
  const validator = new Utf8Validator()
  return validator.push(bytes) && validator.isComplete
}
