// Which names this server answers to. A page that points its own name at our address (DNS rebinding) is of the same origin
// as itself; what gives it away is the Host.
import { isHost } from '../protocol/handshake.ts'

/**
 * Throws for a list that could never match.
 *
 * @throws {TypeError} saying what would.
 */
export function assertHosts(allowed: readonly string[] | undefined): void {
  if (allowed === undefined) return
  const entries: unknown = allowed
  const wrong: unknown = Array.isArray(entries)
    ? (entries as readonly unknown[]).find((host) => typeof host !== 'string' || !isHost(host))
    : entries
  if (wrong === undefined) return
  throw new TypeError(
    `\`allowedHosts\` is a list of hosts such as 'example.com' or 'example.com:8443', not ${JSON.stringify(wrong)}.`,
  )
}

/** Whether a host is on the list, in any case. An entry without a port allows every port. */
export function isHostAllowed(host: string, allowed: readonly string[] | undefined): boolean {
  if (allowed === undefined) return true
  const authority = host.toLowerCase()
  const name = withoutPort(authority)
  return allowed.some((entry) => {
    const expected = entry.toLowerCase()
    return expected === authority || expected === name
  })
}

/** `example.com:80` → `example.com`, `[::1]:80` → `[::1]`. */
function withoutPort(authority: string): string {
  const colon = authority.lastIndexOf(':')
  return colon > authority.lastIndexOf(']') ? authority.slice(0, colon) : authority
}
