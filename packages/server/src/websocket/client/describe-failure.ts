// Why there is no connection, in words that say what to look at.

const MAX_LOCATION_LENGTH = 200

/** What a status other than 101 means to somebody who wanted a WebSocket. */
export function describeRefusal(status: number | undefined, location?: string): string {
  const answer = `the server answered with status ${status}`
  if (status === 200 || status === 404) return `${answer}, so there is no WebSocket at this path`
  if (status === undefined || status < 300 || status > 399 || location === undefined) return answer
  // The server chose it.
  const target = JSON.stringify(location.slice(0, MAX_LOCATION_LENGTH))
  return `${answer}, which points to ${target}; redirects are not followed`
}

/** What OpenSSL says when the first bytes of a server are no TLS, and Node when it hangs up before. */
const NO_TLS = [
  'wrong version number',
  'packet length too long',
  'before secure TLS connection was established',
]

/** What an error of the connection means. */
export function describeFailure({ message }: Error, { protocol, host }: URL): string {
  const failure = `cannot connect: ${message}`
  const isNoTls = protocol === 'wss:' && NO_TLS.some((sign) => message.includes(sign))
  return isNoTls
    ? `${failure.trimEnd()} (the server at ${host} may not speak TLS; without it the URL begins with ws:)`
    : failure
}
