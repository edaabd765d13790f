// Sec-WebSocket-Protocol (RFC 6455 §4.1, §11.3.4): what the client offers, in its order of preference.
import { isToken, splitList } from './header-grammar.ts'

/** The offered subprotocols over all fields of that name; undefined if one is not a token or comes twice. */
export function parseSubprotocols(fields: readonly string[]): readonly string[] | undefined {
  if (fields.length === 0) return []
  const offered = fields.flatMap(splitList)
  if (!offered.every(isToken)) return undefined
  return new Set(offered).size === offered.length ? offered : undefined
}
