// Decides on a handshake that keeps the rules of the protocol: what the application says of it.
import { answerDeflateOffers, type DeflateAnswer } from '../protocol/deflate-negotiation.ts'
import type { Handshake, HandshakeRejection } from '../protocol/handshake.ts'
import { acceptKey } from './accept-key.ts'
import { isOriginAllowed } from './origin-policy.ts'
import type { ResolvedUpgradeOptions } from './upgrade-options.ts'
import type { UpgradeRequest } from './upgrade-request.ts'

/** What a granted handshake agrees on. */
export interface Acceptance {
  readonly subprotocol: string | undefined
  /** Undefined if nothing is compressed. */
  readonly deflate: DeflateAnswer | undefined
}

/** Judges a handshake. What a hook of the application throws is logged and becomes a 500. */
export function negotiate(
  handshake: Handshake,
  request: UpgradeRequest,
  options: ResolvedUpgradeOptions,
): Acceptance | HandshakeRejection {
  try {
    return decide(handshake, request, options)
  } catch (error) {
    options.logger.error({ err: error }, 'a hook of the websocket handshake threw')
    return { status: 500, reason: 'internal error' }
  }
}

function decide(
  { subprotocols, extensions }: Handshake,
  request: UpgradeRequest,
  { allowedOrigins, protocols, deflate, logger }: ResolvedUpgradeOptions,
): Acceptance | HandshakeRejection {
  if (!isOriginAllowed(request, allowedOrigins)) return { status: 403, reason: 'origin not allowed' }
  const subprotocol = protocols(subprotocols)
  // The client would have to fail the connection (RFC 6455 §4.1), and what it did not send may be no token at all.
  if (subprotocol !== undefined && !subprotocols.includes(subprotocol)) {
    logger.error({}, 'a subprotocol was selected that the client did not offer')
    return { status: 500, reason: 'internal error' }
  }
  return { subprotocol, deflate: deflate && answerDeflateOffers(extensions, deflate.options) }
}

/** What a granting answer says over any version of HTTP. An extension is declined by saying nothing. */
export function acceptanceFields({ subprotocol, deflate }: Acceptance): Readonly<Record<string, string>> {
  return {
    ...(subprotocol === undefined ? {} : { 'Sec-WebSocket-Protocol': subprotocol }),
    ...(deflate === undefined ? {} : { 'Sec-WebSocket-Extensions': deflate.response }),
  }
}

/** The answer of RFC 6455 §4.2.2. */
export function writeAcceptance(key: string, acceptance: Acceptance): string {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptKey(key)}`,
    ...Object.entries(acceptanceFields(acceptance)).map(([name, value]) => `${name}: ${value}`),
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}
