// What a client must find in the answer to its handshake (RFC 6455 §4.1), as a pure function of the raw response.
import { parseExtensions, type ExtensionOffer } from './extension-header.ts'
import { Fields } from './handshake-fields.ts'
import { listHas } from './header-grammar.ts'

/** A response as the HTTP parser saw it. */
export interface HandshakeResponse {
  readonly status: number
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[]
}

/** What the client asked for. */
export interface HandshakeExpectation {
  /** The value of Sec-WebSocket-Accept that belongs to the key. */
  readonly accept: string
  readonly subprotocols: readonly string[]
}

/** What the two agreed on. */
export interface HandshakeAgreement {
  readonly subprotocol: string | undefined
  /** Whether they were offered, and make sense, is for the extension to judge. */
  readonly extensions: readonly ExtensionOffer[]
}

/** Reads a response with status 101; a string says what is wrong with it. */
export function readHandshakeResponse(
  { rawHeaders }: HandshakeResponse,
  { accept, subprotocols }: HandshakeExpectation,
): HandshakeAgreement | string {
  const fields = Fields.read(rawHeaders)
  if (fields === undefined) return 'the server answered with a malformed header'
  const upgrades = fields.all('upgrade')
  if (upgrades.length !== 1 || upgrades[0]?.toLowerCase() !== 'websocket') {
    return 'the answer does not upgrade to websocket'
  }
  if (!listHas(fields.all('connection'), 'upgrade')) return 'Connection lacks Upgrade in the answer'
  if (fields.single('sec-websocket-accept') !== accept) {
    return 'Sec-WebSocket-Accept does not belong to the key that was sent'
  }
  const selected = fields.all('sec-websocket-protocol')
  const [subprotocol] = selected
  if (selected.length > 1 || (subprotocol !== undefined && !subprotocols.includes(subprotocol))) {
    return 'the server selected a subprotocol that was not offered'
  }
  const extensions = parseExtensions(fields.all('sec-websocket-extensions'))
  if (extensions === undefined) return 'malformed Sec-WebSocket-Extensions in the answer'
  return { subprotocol, extensions }
}
