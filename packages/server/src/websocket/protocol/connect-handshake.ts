// The opening handshake over HTTP/2 (RFC 8441 §4, §5) as a pure function of the raw request: an extended CONNECT.
// What it says of origin, subprotocols and extensions follows the rules of handshake.ts.
import { Fields } from './handshake-fields.ts'
import { isVisible } from './header-grammar.ts'
import {
  findOversize,
  findVersionViolation,
  isHost,
  readOffers,
  refuse,
  type Handshake,
  type HandshakeLimits,
  type HandshakeRejection,
} from './handshake.ts'

/** A CONNECT as the HTTP/2 parser saw it. */
export interface ConnectRequest {
  /**
   * Names and values in turn, one character per byte, pseudo-header fields (`:path`) among them, as in the `stream`
   * event of Node.
   */
  readonly rawHeaders: readonly string[]
  /** Whether the client ended its side of the stream with the request. */
  readonly isEnded: boolean
}

/** Reads a CONNECT, or says how to refuse it. */
export function readConnectHandshake(
  { rawHeaders, isEnded }: ConnectRequest,
  limits: HandshakeLimits,
): Handshake | HandshakeRejection {
  const { pseudo, regular } = split(rawHeaders)
  const rejection = findOversize(rawHeaders, limits) ?? findPseudoViolation(pseudo)
  if (rejection !== undefined) return rejection
  const fields = Fields.read(regular)
  if (fields === undefined) return refuse(400, 'malformed header')
  const violation = findFieldViolation(fields) ?? findVersionViolation(fields, {})
  if (violation !== undefined) return violation
  const host = authorityOf(pseudo, fields)
  if (host === undefined) return refuse(400, 'exactly one authority is needed')
  // There is nobody to talk to, and the first frame could only be the end.
  if (isEnded) return refuse(400, 'the stream was ended with the request')
  return readOffers(fields, host)
}

/** Pseudo-header fields by name, and the fields proper. What comes twice is malformed, so nobody passes it on. */
function split(rawHeaders: readonly string[]): { pseudo: ReadonlyMap<string, string>; regular: string[] } {
  const pseudo = new Map<string, string>()
  const regular: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const value = rawHeaders[index + 1] ?? ''
    if (name.startsWith(':')) pseudo.set(name, value)
    else regular.push(name, value)
  }
  return { pseudo, regular }
}

function findPseudoViolation(pseudo: ReadonlyMap<string, string>): HandshakeRejection | undefined {
  // A tunnel to wherever the client likes is not what this server is for.
  const protocol = pseudo.get(':protocol')
  if (pseudo.get(':method') !== 'CONNECT' || protocol === undefined) {
    return refuse(405, 'a handshake is an extended CONNECT', { Allow: 'GET' })
  }
  // RFC 9220 §3 gives the status for what RFC 8441 leaves open.
  if (protocol !== 'websocket') return refuse(501, 'only websocket is spoken here')
  const scheme = pseudo.get(':scheme')
  if (scheme !== 'https' && scheme !== 'http') return refuse(400, 'the scheme is neither http nor https')
  const path = pseudo.get(':path')
  if (path === undefined || !path.startsWith('/') || path.includes('#') || !isVisible(path)) {
    return refuse(400, 'malformed path')
  }
  return undefined
}

/** What means something else in HTTP/2, or nothing: RFC 9113 §8.2.2 forbids the fields of one connection. */
function findFieldViolation(fields: Fields): HandshakeRejection | undefined {
  const isOfHttp1 = ['connection', 'upgrade', 'transfer-encoding', 'keep-alive', 'proxy-connection'].some(
    (name) => fields.has(name),
  )
  if (isOfHttp1) return refuse(400, 'a field of HTTP/1.1')
  return fields.has('content-length') ? refuse(400, 'a handshake has no body') : undefined
}

/** The authority, for which a Host may stand in (RFC 9113 §8.3.1); a Host beside it must say the same. */
function authorityOf(pseudo: ReadonlyMap<string, string>, fields: Fields): string | undefined {
  const host = fields.single('host')
  if (fields.has('host') && host === undefined) return undefined
  const authority = pseudo.get(':authority') ?? host
  if (authority === undefined || !isHost(authority)) return undefined
  return host === undefined || host.toLowerCase() === authority.toLowerCase() ? authority : undefined
}
