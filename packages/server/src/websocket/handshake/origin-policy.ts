// Which web pages may connect (RFC 6455 §10.2): browsers send the page's origin and no script can change it.

/**
 * The pages that may connect: `'same-origin'`, those of the host that they connect to; or a list of origins,
 * serialized as browsers do (`https://example.com`, no trailing slash); or a function. The first two admit clients
 * that send no origin, since every browser sends one; a function decides on them too.
 */
export type OriginPolicy =
  'same-origin' | readonly string[] | ((origin: string | undefined, host: string) => boolean)

/** What is known about a request when its origin is judged. */
export interface OriginFacts {
  readonly origin: string | undefined
  /** The Host header. */
  readonly host: string
  /** Whether TLS ends here. If not, it may end at a proxy, and the page's scheme cannot be held against it. */
  readonly isSecure: boolean
}

/** Judges the origin of a request. */
export function isOriginAllowed(facts: OriginFacts, policy: OriginPolicy): boolean {
  const { origin, host } = facts
  if (typeof policy === 'function') return policy(origin, host) === true
  if (origin === undefined) return true
  return policy === 'same-origin' ? isSameOrigin(origin, facts) : policy.includes(origin)
}

function isSameOrigin(origin: string, { host, isSecure }: OriginFacts): boolean {
  const scheme = origin.startsWith('https://') ? 'https://' : 'http://'
  if (!origin.startsWith(scheme)) return false // also the opaque origin, "null"
  if (isSecure && scheme === 'http://') return false
  // A serialized origin never names its default port; a Host header may.
  const defaultPort = scheme === 'https://' ? ':443' : ':80'
  const authority = host.toLowerCase()
  const hostOrigin = authority.endsWith(defaultPort) ? authority.slice(0, -defaultPort.length) : authority
  return origin === scheme + hostOrigin
}
