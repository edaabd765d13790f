// Which subprotocol a handshake agrees on (RFC 6455 §1.9).
import { describeValue } from '../../util/check-names.ts'
import { isToken } from '../protocol/header-grammar.ts'

/** Selects one of the subprotocols that a client offers, in its order of preference; undefined selects none. */
export type SelectSubprotocol = (offered: readonly string[]) => string | undefined

/** The names of those that the server speaks, or a function that selects. */
export type SubprotocolPolicy = readonly string[] | SelectSubprotocol

/** @throws {TypeError} for what is neither a list of names nor a function, saying what to pass. */
export function assertSubprotocols(policy: SubprotocolPolicy | undefined): void {
  if (policy === undefined || typeof policy === 'function') return
  const names: unknown = policy
  const wrong: readonly unknown[] = Array.isArray(names)
    ? (names as readonly unknown[]).filter((name) => typeof name !== 'string' || !isToken(name))
    : [names]
  if (wrong.length === 0) return
  throw new TypeError(
    `\`protocols\` is a list of names such as ['chat'], or a function that selects one of those that a client offers, not ${describeValue(wrong[0])}.`,
  )
}

/** Of a list, the first that the client offers and the server speaks is selected. */
export function selectorOf(policy: SubprotocolPolicy | undefined): SelectSubprotocol {
  if (typeof policy === 'function') return policy
  // A piece of the client's header would keep all of that alive with the connection, so it is our own name that is given.
  const known = new Map((policy ?? []).map((name) => [name, name]))
  return (offered) => {
    for (const name of offered) {
      const own = known.get(name)
      if (own !== undefined) return own
    }
    return undefined
  }
}
