// IP addresses as text, in one form for each, so that they can be compared and counted.
import { isIPv4, isIPv6 } from 'node:net'

const MAPPED_PREFIX = '::ffff:'

/**
 * The address as it is compared: lower case, IPv4 also where it comes mapped into IPv6 (`::ffff:192.0.2.1`), and without
 * a zone. Undefined for what is no address.
 */
export function normalizeAddress(text: string): string | undefined {
  if (isIPv4(text)) return text
  if (!isIPv6(text)) return undefined
  const zone = text.indexOf('%')
  const address = (zone < 0 ? text : text.slice(0, zone)).toLowerCase()
  const mapped = address.slice(MAPPED_PREFIX.length)
  return address.startsWith(MAPPED_PREFIX) && isIPv4(mapped) ? mapped : address
}

/**
 * What is counted as one client: an IPv4 address, or the network of 64 bits that a client with IPv6 usually has to
 * itself. Anything else is a client of its own kind.
 */
export function addressGroup(text: string): string {
  const address = normalizeAddress(text)
  if (address === undefined || isIPv4(address)) return text === '' ? '' : (address ?? text)
  const [head = '', tail] = address.split('::', 2)
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    // A dotted quad at the end stands for two groups.
    const rest = tail === '' ? [] : tail.split(':')
    const length = rest.length + (tail.includes('.') ? 1 : 0)
    while (groups.length + length < 8) groups.push('0')
    groups.push(...rest)
  }
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
