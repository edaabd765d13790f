// What a handshake that is accepted agrees on: subprotocol, compression, and what the application adds to the answer.
import { answerDeflateOffers, type DeflateAnswer } from '../protocol/deflate-negotiation.ts'
import type { Handshake, HandshakeRejection } from '../protocol/handshake.ts'
import { acceptKey } from './accept-key.ts'
import { findHeaderFault } from './authorization.ts'
import { serverFailed } from './rejections.ts'
import type { ResolvedUpgradeOptions } from './upgrade-options.ts'
import type { UpgradeRequest } from './upgrade-request.ts'

/** What a granted handshake agrees on. */
export interface Acceptance {
  readonly subprotocol: string | undefined
  /** Undefined if nothing is compressed. */
  readonly deflate: DeflateAnswer | undefined
  /** Header fields of the application. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Negotiates. What a hook of the application throws is logged and becomes a 500. */
export function negotiate(
  handshake: Handshake,
  request: UpgradeRequest,
  options: ResolvedUpgradeOptions,
): Acceptance | HandshakeRejection {
  try {
    return agree(handshake, request, options)
  } catch (error) {
    options.log.failed('a hook of the websocket handshake threw', error)
    return serverFailed
  }
}

function agree(
  { subprotocols, extensions }: Handshake,
  request: UpgradeRequest,
  { protocols, deflate, headers: headersFor, log }: ResolvedUpgradeOptions,
): Acceptance | HandshakeRejection {
  const subprotocol = protocols(subprotocols)
  // The client would have to fail the connection (RFC 6455 §4.1), and what it did not send may be no token at all.
  if (subprotocol !== undefined && !subprotocols.includes(subprotocol)) {
    log.failed('a subprotocol was selected that the client did not offer')
    return serverFailed
  }
  const agreed = deflate && answerDeflateOffers(extensions, deflate.options)
  if (headersFor === undefined) return { subprotocol, deflate: agreed }
  const headers = headersFor(request)
  const fault = findHeaderFault(headers)
  if (fault !== undefined) {
    log.failed(`\`headers\` returned what cannot be sent: ${fault}`)
    return serverFailed
  }
  return { subprotocol, deflate: agreed, headers }
}

/** What a granting answer says over any version of HTTP. An extension is declined by saying nothing. */
export function acceptanceFields({
  subprotocol,
  deflate,
  headers,
}: Acceptance): Readonly<Record<string, string>> {
  return {
    ...headers,
    ...(subprotocol === undefined ? {} : { 'Sec-WebSocket-Protocol': subprotocol }),
    ...(deflate === undefined ? {} : { 'Sec-WebSocket-Extensions': deflate.response }),
  }
}

const ACCEPTED =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: '

/** The answer of RFC 6455 §4.2.2. */
export function writeAcceptance(key: string, acceptance: Acceptance): string {
  let head = `${ACCEPTED}${acceptKey(key)}\r\n`
  for (const [name, value] of Object.entries(acceptanceFields(acceptance))) head += `${name}: ${value}\r\n`
  return `${head}\r\n`
}
