// The opening handshake (RFC 6455 §4.2.1) as a pure function of the raw request. Node's `upgrade` event checks
// next to nothing and joins or drops repeated fields, so everything is judged from the fields as they came.
import { parseExtensions, type ExtensionOffer } from './extension-header.ts'
import { Fields } from './handshake-fields.ts'
import { characterSet, isBase64, isVisible, listHas } from './header-grammar.ts'
import { parseSubprotocols } from './subprotocol-header.ts'

/** A request as the HTTP parser saw it. */
export interface HandshakeRequest {
  readonly method: string
  /** Such as `1.1`. */
  readonly httpVersion: string
  readonly target: string
  /** Names and values in turn, one character per byte, as in `IncomingMessage.rawHeaders`. */
  readonly rawHeaders: readonly string[]
}

export interface HandshakeLimits {
  /** The longest header block in bytes. */
  readonly maxHeaderBytes: number
  readonly maxHeaders: number
}

/** What a valid request asks for, over any version of HTTP. */
export interface Handshake {
  readonly host: string
  readonly origin: string | undefined
  /** In the client's order of preference. */
  readonly subprotocols: readonly string[]
  readonly extensions: readonly ExtensionOffer[]
}

/** What a valid upgrade request asks for. */
export interface UpgradeHandshake extends Handshake {
  /** What Sec-WebSocket-Accept is computed from. */
  readonly key: string
}

/** How a request is refused. */
export interface HandshakeRejection {
  /** The HTTP status. */
  readonly status: number
  /** @default the name of the status */
  readonly reason?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Reads a request, or says how to refuse it. */
export function readHandshake(
  request: HandshakeRequest,
  limits: HandshakeLimits,
): UpgradeHandshake | HandshakeRejection {
  const rejection = findOversize(request.rawHeaders, limits) ?? findRequestLineViolation(request)
  if (rejection !== undefined) return rejection
  const fields = Fields.read(request.rawHeaders)
  if (fields === undefined) return refuse(400, 'malformed header')
  const violation = findHostViolation(request.target, fields) ?? findUpgradeViolation(fields)
  if (violation !== undefined) return violation
  const offers = readOffers(fields, fields.single('host') ?? '')
  if ('status' in offers) return offers
  const { host, origin, subprotocols, extensions } = offers
  return { host, origin, subprotocols, extensions, key: fields.single('sec-websocket-key') ?? '' }
}

/** Reads what is said in the same fields over any version of HTTP. */
export function readOffers(fields: Fields, host: string): Handshake | HandshakeRejection {
  const origins = fields.all('origin')
  if (origins.length > 1) return refuse(403, 'more than one Origin')
  const subprotocols = parseSubprotocols(fields.all('sec-websocket-protocol'))
  if (subprotocols === undefined) return refuse(400, 'malformed Sec-WebSocket-Protocol')
  const extensions = parseExtensions(fields.all('sec-websocket-extensions'))
  if (extensions === undefined) return refuse(400, 'malformed Sec-WebSocket-Extensions')
  return { host, origin: origins[0], subprotocols, extensions }
}

/** The runtime drops fields beyond its own limit without a word, so ours is lower. */
export function findOversize(
  rawHeaders: readonly string[],
  { maxHeaderBytes, maxHeaders }: HandshakeLimits,
): HandshakeRejection | undefined {
  if (rawHeaders.length > 2 * maxHeaders) return refuse(431, 'too many headers')
  // Each name or value comes with two bytes of its own: ": " or CRLF.
  let bytes = 2 * rawHeaders.length
  for (const text of rawHeaders) bytes += text.length
  return bytes > maxHeaderBytes ? refuse(431, 'headers too large') : undefined
}

function findRequestLineViolation(request: HandshakeRequest): HandshakeRejection | undefined {
  const { method, httpVersion, target } = request
  if (method !== 'GET') return refuse(405, 'a handshake is a GET request', { Allow: 'GET' })
  if (httpVersion !== '1.1') return refuse(400, 'a handshake needs HTTP/1.1')
  if (target.includes('#')) return refuse(400, 'a request target has no fragment')
  if (!isVisible(target) || (!target.startsWith('/') && absoluteAuthority(target) === undefined)) {
    return refuse(400, 'malformed request target')
  }
  return undefined
}

function findHostViolation(target: string, fields: Fields): HandshakeRejection | undefined {
  const host = fields.single('host')
  if (host === undefined || !isHost(host)) return refuse(400, 'exactly one Host is needed')
  if (target.startsWith('/')) return undefined
  // RFC 9112 §3.2.2: the authority of an absolute target counts, so a Host that differs is an attempt at something.
  const authority = absoluteAuthority(target)
  return authority?.toLowerCase() === host.toLowerCase() ? undefined : refuse(400, 'Host is not the target')
}

function findUpgradeViolation(fields: Fields): HandshakeRejection | undefined {
  const upgrades = fields.all('upgrade')
  if (upgrades.length > 1) return refuse(400, 'more than one Upgrade')
  if (!listHas(upgrades, 'websocket')) {
    return refuse(426, 'only websocket is spoken here', { Upgrade: 'websocket' })
  }
  if (!listHas(fields.all('connection'), 'upgrade')) return refuse(400, 'Connection lacks upgrade')
  // A body would sit between the request and the first frame and be read as frames.
  const hasBody = fields.has('content-length') && fields.single('content-length') !== '0'
  if (hasBody || fields.has('transfer-encoding')) {
    return refuse(400, 'a handshake has no body')
  }
  const key = fields.single('sec-websocket-key')
  if (key === undefined || !isKey(key)) return refuse(400, 'Sec-WebSocket-Key is not 16 bytes in base64')
  return findVersionViolation(fields, { Upgrade: 'websocket' })
}

/** RFC 6455 §4.2.2: the answer says which version is spoken, after what else a 426 needs. */
export function findVersionViolation(
  fields: Fields,
  headers: Readonly<Record<string, string>>,
): HandshakeRejection | undefined {
  const versions = fields.all('sec-websocket-version')
  if (versions.length > 1) return refuse(400, 'more than one Sec-WebSocket-Version')
  if (versions[0] === '13') return undefined
  return refuse(426, 'only version 13 is spoken here', { ...headers, 'Sec-WebSocket-Version': '13' })
}

/** §4.2.1(5): base64 of 16 bytes, which is 22 characters and two of padding. It is never decoded. */
function isKey(value: string): boolean {
  return value.length === 24 && value.endsWith('==') && isBase64(value, 22)
}

/** What would end an authority or make it a list. */
const NOT_IN_HOST = characterSet('/\\?#@,')

/** Printable ASCII without the characters that would end an authority or make it a list. */
export function isHost(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index)
    if (code <= 0x20 || code > 0x7e || NOT_IN_HOST[code] === 1) return false
  }
  return value !== ''
}

/** The authority of a target in absolute form, such as a proxy sends. */
function absoluteAuthority(target: string): string | undefined {
  const scheme = ['http://', 'https://', 'ws://', 'wss://'].find(
    (prefix) => target.slice(0, prefix.length).toLowerCase() === prefix,
  )
  if (scheme === undefined) return undefined
  const rest = target.slice(scheme.length)
  const ends = ['/', '?'].map((character) => rest.indexOf(character)).filter((index) => index >= 0)
  return rest.slice(0, Math.min(rest.length, ...ends))
}

export function refuse(
  status: number,
  reason: string,
  headers?: Readonly<Record<string, string>>,
): HandshakeRejection {
  return headers === undefined ? { status, reason } : { status, reason, headers }
}
