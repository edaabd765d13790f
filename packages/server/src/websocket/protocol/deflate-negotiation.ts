// What two endpoints agree on about permessage-deflate (RFC 7692 §5, §7.1), for both roles. It compresses nothing.
import { formatExtension, type ExtensionOffer, type ExtensionParameter } from './extension-header.ts'

const NAME = 'permessage-deflate'
const SERVER_NO_TAKEOVER = 'server_no_context_takeover'
const CLIENT_NO_TAKEOVER = 'client_no_context_takeover'
const SERVER_WINDOW = 'server_max_window_bits'
const CLIENT_WINDOW = 'client_max_window_bits'

const MIN_WINDOW_BITS = 8
/** What holds where nothing was said (§7.1.2). */
const MAX_WINDOW_BITS = 15
/**
 * zlib cannot compress for a window of 8 bits: it silently uses 9. So a server that is asked for 8 declines, and a
 * client that is given 8 sends its messages as they are.
 */
export const MIN_COMPRESSION_WINDOW_BITS = 9

/** How both sides compress from here on. */
export interface DeflateAgreement {
  /** Whether the server begins every message with an empty window. */
  readonly serverNoContextTakeover: boolean
  /** Whether the client begins every message with an empty window. */
  readonly clientNoContextTakeover: boolean
  /** The base-2 logarithm of the server's window in bytes, 8 to 15. */
  readonly serverMaxWindowBits: number
  /** The base-2 logarithm of the client's window in bytes, 8 to 15. */
  readonly clientMaxWindowBits: number
}

/** What one endpoint wants. */
export interface DeflatePolicy {
  /**
   * Whether what this endpoint sends may refer back to its earlier messages: a better ratio, at the cost of memory for
   * each connection and of results that only one connection can use. A secret and what an attacker chooses must never
   * share such a window, since the length of what is sent then tells about the secret.
   * @default false
   */
  readonly contextTakeover: boolean
  /**
   * Whether the peer may refer back to its earlier messages, which costs memory for each connection here.
   * @default false
   */
  readonly peerContextTakeover: boolean
  /**
   * The base-2 logarithm of the window in bytes that this endpoint compresses with, 9 to 15.
   * @default 15
   */
  readonly maxWindowBits: number
  /**
   * The largest window that the peer is asked to compress with, as above, 8 to 15. Some peers cannot be asked.
   * @default 15
   */
  readonly peerMaxWindowBits: number
}

/** What a server answers. */
export interface DeflateAnswer {
  readonly agreement: DeflateAgreement
  /** The value of Sec-WebSocket-Extensions in the response. */
  readonly response: string
}

/**
 * A server's answer to the first offer that it can accept; undefined declines all, and the handshake goes on without
 * compression (§5.1). Offers of other extensions are passed over.
 */
export function answerDeflateOffers(
  offers: readonly ExtensionOffer[],
  policy: DeflatePolicy,
): DeflateAnswer | undefined {
  for (const { name, parameters } of offers) {
    const offer = name === NAME ? readParameters(parameters) : undefined
    const isAcceptable = offer !== undefined && (offer.serverBits ?? MAX_WINDOW_BITS) > MIN_WINDOW_BITS
    if (isAcceptable) return accept(offer, policy)
  }
  return undefined
}

function accept(offer: Parameters, policy: DeflatePolicy): DeflateAnswer {
  const agreement: DeflateAgreement = {
    serverNoContextTakeover: offer.hasServerNoTakeover || !policy.contextTakeover,
    // §7.1.1.2: may be said to a client that did not offer it.
    clientNoContextTakeover: offer.hasClientNoTakeover || !policy.peerContextTakeover,
    serverMaxWindowBits: Math.min(offer.serverBits ?? MAX_WINDOW_BITS, policy.maxWindowBits),
    // §7.1.2.2: must not be said to a client that did not offer it.
    clientMaxWindowBits: offer.hasClientBits
      ? Math.min(offer.clientBits ?? MAX_WINDOW_BITS, policy.peerMaxWindowBits)
      : MAX_WINDOW_BITS,
  }
  const { serverMaxWindowBits, clientMaxWindowBits } = agreement
  const saysServerBits = offer.serverBits !== undefined || serverMaxWindowBits < MAX_WINDOW_BITS
  const response = formatExtension(NAME, [
    ...flag(SERVER_NO_TAKEOVER, agreement.serverNoContextTakeover),
    ...flag(CLIENT_NO_TAKEOVER, agreement.clientNoContextTakeover),
    ...bits(SERVER_WINDOW, saysServerBits ? serverMaxWindowBits : undefined),
    ...bits(CLIENT_WINDOW, clientMaxWindowBits < MAX_WINDOW_BITS ? clientMaxWindowBits : undefined),
  ])
  return { agreement, response }
}

/** A client's offer: the value of Sec-WebSocket-Extensions in the request. */
export function formatDeflateOffer(policy: DeflatePolicy): string {
  const { contextTakeover, peerContextTakeover, maxWindowBits, peerMaxWindowBits } = policy
  return formatExtension(NAME, [
    ...flag(SERVER_NO_TAKEOVER, !peerContextTakeover),
    ...flag(CLIENT_NO_TAKEOVER, !contextTakeover),
    ...bits(SERVER_WINDOW, peerMaxWindowBits < MAX_WINDOW_BITS ? peerMaxWindowBits : undefined),
    // Always said, since a server may only ask for a smaller window if it is (§7.1.2.2).
    maxWindowBits < MAX_WINDOW_BITS
      ? { name: CLIENT_WINDOW, value: String(maxWindowBits) }
      : { name: CLIENT_WINDOW, value: undefined },
  ])
}

/**
 * What a server's answer to {@link formatDeflateOffer} agrees on: `none` if it accepted nothing. `invalid` if it holds
 * what was not offered, lacks what was demanded, or is malformed; the client must then fail the connection (§5.1, §7.1).
 */
export function readDeflateResponse(
  extensions: readonly ExtensionOffer[],
  policy: DeflatePolicy,
): DeflateAgreement | 'none' | 'invalid' {
  const [extension] = extensions
  if (extension === undefined) return 'none'
  if (extensions.length > 1 || extension.name !== NAME) return 'invalid'
  const answer = readParameters(extension.parameters)
  if (answer === undefined || !fitsOffer(answer, policy)) return 'invalid'
  return {
    serverNoContextTakeover: answer.hasServerNoTakeover,
    clientNoContextTakeover: answer.hasClientNoTakeover || !policy.contextTakeover,
    serverMaxWindowBits: answer.serverBits ?? MAX_WINDOW_BITS,
    clientMaxWindowBits: Math.min(answer.clientBits ?? MAX_WINDOW_BITS, policy.maxWindowBits),
  }
}

/** A server may add both flags and a window of its own unasked (§7.1.1, §7.1.2.1), but must do what it was asked. */
function fitsOffer(answer: Parameters, policy: DeflatePolicy): boolean {
  if (!policy.peerContextTakeover && !answer.hasServerNoTakeover) return false
  if ((answer.serverBits ?? MAX_WINDOW_BITS) > policy.peerMaxWindowBits) return false
  // In a response the parameter has a value (§7.1.2.2).
  return !answer.hasClientBits || (answer.clientBits ?? Infinity) <= policy.maxWindowBits
}

/** The parameters of one offer or response. */
interface Parameters {
  readonly hasServerNoTakeover: boolean
  readonly hasClientNoTakeover: boolean
  readonly hasClientBits: boolean
  readonly serverBits: number | undefined
  readonly clientBits: number | undefined
}

/** Undefined if one is unknown, came twice, or has a value that is not allowed: §7.1 asks to decline all of those. */
function readParameters(parameters: readonly ExtensionParameter[]): Parameters | undefined {
  const values = new Map<string, string | undefined>()
  for (const { name, value } of parameters) {
    if (values.has(name) || !isValid(name, value)) return undefined
    values.set(name, value)
  }
  return {
    hasServerNoTakeover: values.has(SERVER_NO_TAKEOVER),
    hasClientNoTakeover: values.has(CLIENT_NO_TAKEOVER),
    hasClientBits: values.has(CLIENT_WINDOW),
    serverBits: windowBits(values.get(SERVER_WINDOW)),
    clientBits: windowBits(values.get(CLIENT_WINDOW)),
  }
}

function isValid(name: string, value: string | undefined): boolean {
  switch (name) {
    case SERVER_NO_TAKEOVER:
    case CLIENT_NO_TAKEOVER:
      return value === undefined
    case SERVER_WINDOW:
      return windowBits(value) !== undefined
    case CLIENT_WINDOW:
      return value === undefined || windowBits(value) !== undefined
    default:
      return false
  }
}

/** A decimal integer from 8 to 15 without leading zeros (§7.1.2). */
function windowBits(value: string | undefined): number | undefined {
  for (let allowed = MIN_WINDOW_BITS; allowed <= MAX_WINDOW_BITS; allowed++) {
    if (value === String(allowed)) return allowed
  }
  return undefined
}

function flag(name: string, isSet: boolean): readonly ExtensionParameter[] {
  return isSet ? [{ name, value: undefined }] : []
}

function bits(name: string, value: number | undefined): readonly ExtensionParameter[] {
  return value === undefined ? [] : [{ name, value: String(value) }]
}
