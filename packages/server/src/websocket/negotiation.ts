// Decides on an upgrade request: what the protocol asks of it, then what the application does.
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Logger } from '../logger.ts'
import { isOriginAllowed, type OriginPolicy } from './origin-policy.ts'
import {
  readHandshake,
  type Handshake,
  type HandshakeLimits,
  type HandshakeRejection,
} from './protocol/handshake.ts'

/** What an application says about who may connect and how. */
export interface NegotiationOptions {
  readonly protocols: (offered: readonly string[]) => string | undefined
  readonly allowedOrigins: OriginPolicy
  readonly limits: HandshakeLimits
  readonly logger: Logger
  /** Whether TLS ends here. */
  readonly isSecure: boolean
}

/** A request that is granted. */
export interface Acceptance {
  readonly key: string
  readonly subprotocol: string | undefined
}

/** Judges a request. What a hook of the application throws is logged and becomes a 500. */
export function negotiate(
  request: IncomingMessage,
  options: NegotiationOptions,
): Acceptance | HandshakeRejection {
  const { method = '', url: target = '', httpVersion, rawHeaders } = request
  const handshake = readHandshake({ method, httpVersion, target, rawHeaders }, options.limits)
  if ('status' in handshake) return handshake
  try {
    return decide(handshake, options)
  } catch (error) {
    options.logger.error({ err: error }, 'a hook of the websocket handshake threw')
    return { status: 500, reason: 'internal error' }
  }
}

function decide(
  { key, host, origin, subprotocols }: Handshake,
  { allowedOrigins, protocols, logger, isSecure }: NegotiationOptions,
): Acceptance | HandshakeRejection {
  if (!isOriginAllowed({ origin, host, isSecure }, allowedOrigins)) {
    return { status: 403, reason: 'origin not allowed' }
  }
  const subprotocol = protocols(subprotocols)
  // The client would have to fail the connection (RFC 6455 §4.1), and what it did not send may be no token at all.
  if (subprotocol !== undefined && !subprotocols.includes(subprotocol)) {
    logger.error({}, 'a subprotocol was selected that the client did not offer')
    return { status: 500, reason: 'internal error' }
  }
  return { key, subprotocol }
}

/** The answer of RFC 6455 §4.2.2. All extensions are declined, which is said by saying nothing. */
export function writeAcceptance({ key, subprotocol }: Acceptance): string {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptKey(key)}`,
    ...(subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** What RFC 6455 §1.3 appends to the key, so that only who knows the protocol can answer. */
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** The value of Sec-WebSocket-Accept for a key. */
export function acceptKey(key: string): string {
  return createHash('sha1')
    .update(key + ACCEPT_GUID)
    .digest('base64')
}
