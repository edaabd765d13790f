// The opening handshake (RFC 6455 §4.2.1) as a pure function of the raw request. Node's `upgrade` event checks
// next to nothing and joins or drops repeated fields, so everything is judged from the fields as they came.
import { parseExtensions, type ExtensionOffer } from './extension-header.ts'
import { isFieldValue, isToken, listHas, isVisible } from './header-grammar.ts'
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

export type Fields = ReadonlyMap<string, readonly string[]>

/** Reads a request, or says how to refuse it. */
export function readHandshake(
  request: HandshakeRequest,
  limits: HandshakeLimits,
): UpgradeHandshake | HandshakeRejection {
  const rejection = findOversize(request.rawHeaders, limits) ?? findRequestLineViolation(request)
  if (rejection !== undefined) return rejection
  const fields = collectFields(request.rawHeaders)
  if (fields === undefined) return refuse(400, 'malformed header')
  const violation = findHostViolation(request.target, fields) ?? findUpgradeViolation(fields)
  if (violation !== undefined) return violation
  const handshake = readOffers(fields, single(fields, 'host') ?? '')
  return 'status' in handshake ? handshake : { ...handshake, key: single(fields, 'sec-websocket-key') ?? '' }
}

/** Reads what is said in the same fields over any version of HTTP. */
export function readOffers(fields: Fields, host: string): Handshake | HandshakeRejection {
  const origins = fields.get('origin') ?? []
  if (origins.length > 1) return refuse(403, 'more than one Origin')
  const subprotocols = parseSubprotocols(fields.get('sec-websocket-protocol') ?? [])
  if (subprotocols === undefined) return refuse(400, 'malformed Sec-WebSocket-Protocol')
  const extensions = parseExtensions(fields.get('sec-websocket-extensions') ?? [])
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
  const bytes = rawHeaders.reduce((sum, text) => sum + text.length + 2, 0)
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
  const host = single(fields, 'host')
  if (host === undefined || !isHost(host)) return refuse(400, 'exactly one Host is needed')
  // RFC 9112 §3.2.2: the authority of an absolute target counts, so a Host that differs is an attempt at something.
  const authority = target.startsWith('/') ? host : absoluteAuthority(target)
  return authority?.toLowerCase() === host.toLowerCase() ? undefined : refuse(400, 'Host is not the target')
}

function findUpgradeViolation(fields: Fields): HandshakeRejection | undefined {
  const upgrades = fields.get('upgrade') ?? []
  if (upgrades.length > 1) return refuse(400, 'more than one Upgrade')
  if (!listHas(upgrades, 'websocket')) {
    return refuse(426, 'only websocket is spoken here', { Upgrade: 'websocket' })
  }
  if (!listHas(fields.get('connection') ?? [], 'upgrade')) return refuse(400, 'Connection lacks upgrade')
  // A body would sit between the request and the first frame and be read as frames.
  const bodyBytes = single(fields, 'content-length') ?? '0'
  if (
    fields.has('transfer-encoding') ||
    bodyBytes !== '0' ||
    (fields.get('content-length')?.length ?? 0) > 1
  ) {
    return refuse(400, 'a handshake has no body')
  }
  const key = single(fields, 'sec-websocket-key')
  if (key === undefined || !isKey(key)) return refuse(400, 'Sec-WebSocket-Key is not 16 bytes in base64')
  return findVersionViolation(fields, { Upgrade: 'websocket' })
}

/** RFC 6455 §4.2.2: the answer says which version is spoken, after what else a 426 needs. */
export function findVersionViolation(
  fields: Fields,
  headers: Readonly<Record<string, string>>,
): HandshakeRejection | undefined {
  const versions = fields.get('sec-websocket-version') ?? []
  if (versions.length > 1) return refuse(400, 'more than one Sec-WebSocket-Version')
  if (versions[0] === '13') return undefined
  return refuse(426, 'only version 13 is spoken here', { ...headers, 'Sec-WebSocket-Version': '13' })
}

/** The fields by lower-case name in a Map, where no name has a meaning; undefined if one is malformed. */
export function collectFields(rawHeaders: readonly string[]): Fields | undefined {
  const fields = new Map<string, string[]>()
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const value = rawHeaders[index + 1] ?? ''
    if (!isToken(name) || !isFieldValue(value)) return undefined
    const values = fields.get(name.toLowerCase())
    if (values === undefined) fields.set(name.toLowerCase(), [value])
    else values.push(value)
  }
  return fields
}

/** The value of a field that came exactly once. */
export function single(fields: Fields, name: string): string | undefined {
  const values = fields.get(name)
  return values?.length === 1 ? values[0] : undefined
}

/** §4.2.1(5): base64 of 16 bytes, which is 22 characters and two of padding. It is never decoded. */
function isKey(value: string): boolean {
  return value.length === 24 && value.endsWith('==') && [...value.slice(0, 22)].every(isBase64Character)
}

function isBase64Character(character: string): boolean {
  return 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.includes(character)
}

/** What would end an authority or make it a list. */
const NOT_IN_HOST = new Set(Array.from('/\\?#@,', (character) => character.charCodeAt(0)))

/** Printable ASCII without the characters that would end an authority or make it a list. */
export function isHost(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index)
    if (code <= 0x20 || code > 0x7e || NOT_IN_HOST.has(code)) return false
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
