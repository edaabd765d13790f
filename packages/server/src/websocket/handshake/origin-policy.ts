// Which web pages may connect (RFC 6455 §10.2): browsers send the page's origin and no script can change it.
import { describeValue } from '../../util/check-names.ts'

/**
 * The pages that may connect: `'same-origin'`, those of the host that they connect to; or a list of origins,
 * serialized as browsers do (`https://example.com`, no path, no trailing slash), in which `'same-origin'` stands for the own
 * pages; or a function, such as `() => true` for every page. The first two admit clients that send no origin, since
 * every browser sends one; a function decides on them too.
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

/**
 * Throws for a policy that says nothing, or whose list has an entry that no browser would ever send.
 *
 * @throws {TypeError} that names it and says what would be right.
 */
export function assertOriginPolicy(policy: OriginPolicy | undefined): void {
  if (policy === undefined || policy === 'same-origin' || typeof policy === 'function') return
  const entries: unknown = policy
  const wrong: readonly unknown[] = Array.isArray(entries)
    ? (entries as readonly unknown[]).filter((entry) => entry !== 'same-origin' && !isSerializedOrigin(entry))
    : [entries]
  if (wrong.length === 0) return
  throw new TypeError(
    "`allowedOrigins` is 'same-origin', a function, or a list of origins such as 'https://example.com' (no path, no trailing slash), " +
      `not ${describeValue(wrong[0])}; to allow every page pass () => true.`,
  )
}

/** Whether it is an origin as browsers write it. A star would be taken for a host of that name. */
function isSerializedOrigin(text: unknown): boolean {
  if (typeof text !== 'string' || text.includes('*') || !URL.canParse(text)) return false
  const { origin, protocol, host } = new URL(text)
  if (origin !== 'null') return origin === text
  // Schemes that URL knows nothing of, such as those of extensions and of apps in a web view.
  return host !== '' && text === `${protocol}//${host}`
}

/** Judges the origin of a request. */
export function isOriginAllowed(facts: OriginFacts, policy: OriginPolicy): boolean {
  const { origin, host } = facts
  if (typeof policy === 'function') return policy(origin, host) === true
  if (origin === undefined) return true
  const entries = typeof policy === 'string' ? [policy] : policy
  return entries.some((entry) => (entry === 'same-origin' ? isSameOrigin(origin, facts) : entry === origin))
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
