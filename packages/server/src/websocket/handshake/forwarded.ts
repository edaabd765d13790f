// On whose behalf a trusted proxy connects: X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host. Whoever connects can
// send these, so they count only as far as the proxies that are trusted have written them.
import { isHost } from '../protocol/handshake.ts'
import { splitList } from '../protocol/header-grammar.ts'
import { normalizeAddress } from './ip-address.ts'
import type { TrustedProxies } from './trusted-proxies.ts'

/** How a client is connected, as far as it is known. */
export interface Origination {
  readonly remoteAddress: string | undefined
  readonly host: string
  readonly isSecure: boolean
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * The client's own end of a chain of proxies, given what the socket says. The address is the last one that no trusted
 * proxy has; where the chain breaks off or makes no sense, it is that of the last proxy that could be told.
 */
export function originationOf(socket: Origination, headers: Headers, proxies: TrustedProxies): Origination {
  if (!proxies.trusts(socket.remoteAddress)) return socket
  const { remoteAddress, hops } = walkBack(socket.remoteAddress, listOf(headers, 'x-forwarded-for'), proxies)
  const scheme = elementOf(listOf(headers, 'x-forwarded-proto'), hops)?.toLowerCase()
  const host = elementOf(listOf(headers, 'x-forwarded-host'), hops)
  return {
    remoteAddress,
    host: host !== undefined && isHost(host) ? host : socket.host,
    isSecure: scheme === undefined ? socket.isSecure : (SCHEMES.get(scheme) ?? socket.isSecure),
  }
}

/** Whether they are encrypted. */
const SCHEMES: ReadonlyMap<string, boolean> = new Map([
  ['https', true],
  ['wss', true],
  ['http', false],
  ['ws', false],
])

/** From the nearest proxy to the client; `hops` counts the proxies that are trusted. */
function walkBack(socketAddress: string | undefined, reported: readonly string[], proxies: TrustedProxies) {
  let remoteAddress = socketAddress
  let hops = 1
  for (let index = reported.length - 1; index >= 0; index--) {
    const address = addressIn(reported[index] ?? '')
    if (address === undefined) break
    remoteAddress = address
    if (!proxies.trusts(address)) break
    hops++
  }
  return { remoteAddress, hops: Math.min(hops, Math.max(1, reported.length)) }
}

/**
 * What the outermost trusted proxy has written: each adds an element, so it is the one that stands so far from the end.
 * A proxy that adds none leaves what the one before it has written.
 */
function elementOf(list: readonly string[], hops: number): string | undefined {
  return list[Math.max(0, list.length - hops)]
}

/** The address of an entry, which some proxies write with a port. */
function addressIn(entry: string): string | undefined {
  if (entry.startsWith('[')) {
    const end = entry.indexOf(']')
    return end > 0 && isPort(entry.slice(end + 1)) ? normalizeAddress(entry.slice(1, end)) : undefined
  }
  const colon = entry.indexOf(':')
  const hasPort = colon > 0 && colon === entry.lastIndexOf(':')
  if (hasPort && !isPort(entry.slice(colon))) return undefined
  return normalizeAddress(hasPort ? entry.slice(0, colon) : entry)
}

/** Nothing, or a colon and digits. */
function isPort(text: string): boolean {
  if (text === '') return true
  const digits = text.slice(1)
  return text.startsWith(':') && digits.length <= 5 && String(Number(digits)) === digits
}

/** The elements over all fields of that name. */
function listOf(headers: Headers, name: string): readonly string[] {
  const value = headers[name]
  if (value === undefined) return []
  return splitList(typeof value === 'string' ? value : value.join(','))
}
