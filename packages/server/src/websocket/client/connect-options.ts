// What a client may say about the connection that it wants.
import type { Duplex } from 'node:stream'
import type { ConnectionOptions as TlsOptions } from 'node:tls'
import { systemClock, type Clock } from '../../clock.ts'
import { consoleLogger, type Logger } from '../../logger.ts'
import { checkLimits } from '../../util/check-limits.ts'
import { checkNames, describeValue } from '../../util/check-names.ts'
import { resolveDeflateOptions, type DeflateOptions } from '../deflate/deflate-options.ts'
import { isFieldValue, isToken } from '../protocol/header-grammar.ts'
import { DEFAULT_WEBSOCKET_LIMITS, type WebSocketLimits } from '../websocket-limits.ts'

/** Options of `connectWebSocket`. */
export interface WebSocketConnectOptions {
  /** The subprotocols to offer, the preferred one first. @default none */
  readonly protocols?: readonly string[] | undefined
  /**
   * More headers of the request, such as `Authorization`, `Cookie` or `Origin`.
   * @default none
   */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Whether to offer permessage-deflate (RFC 7692), and how. @default false */
  readonly deflate?: boolean | Partial<DeflateOptions> | undefined
  /** What differs from `DEFAULT_WEBSOCKET_LIMITS`. Servers send more than clients may: the rates have no limit here. */
  readonly limits?: Partial<WebSocketLimits> | undefined
  /** How to verify the server of a `wss:` URL, as for `tls.connect`: `ca`, `servername`, `rejectUnauthorized`, … */
  readonly tls?: TlsOptions | undefined
  /** Connects to this Unix socket; the URL still gives the host and the path. */
  readonly socketPath?: string | undefined
  /** An open stream to use, such as a tunnel through a proxy. TLS, if the URL asks for it, is up to its maker. */
  readonly stream?: Duplex | undefined
  /** Gives up when it is aborted. Once connected it has no effect. */
  readonly signal?: AbortSignal | undefined
  /** How long the handshake may take, name resolution and TLS included, in milliseconds. @default 10 000 */
  readonly handshakeTimeoutMs?: number | undefined
  /** @default the machine's clock */
  readonly clock?: Clock | undefined
  /** @default warnings and errors on the console */
  readonly logger?: Logger | undefined
}

const OPTION_NAMES: Readonly<Record<keyof WebSocketConnectOptions, true>> = {
  protocols: true,
  headers: true,
  deflate: true,
  limits: true,
  tls: true,
  socketPath: true,
  stream: true,
  signal: true,
  handshakeTimeoutMs: true,
  clock: true,
  logger: true,
}

export interface ResolvedConnectOptions extends Omit<WebSocketConnectOptions, 'deflate'> {
  readonly url: URL
  readonly protocols: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  /** Undefined if compression is not offered. */
  readonly deflate: DeflateOptions | undefined
  readonly limits: WebSocketLimits
  readonly handshakeTimeoutMs: number
  readonly clock: Clock
  readonly logger: Logger
}

const UNLIMITED = { perSecond: Infinity, burst: Infinity }
const DEFAULT_LIMITS: WebSocketLimits = {
  ...DEFAULT_WEBSOCKET_LIMITS,
  messageRate: UNLIMITED,
  byteRate: UNLIMITED,
}

/** What the handshake itself says. */
const OWN_HEADERS = ['host', 'connection', 'upgrade', 'content-length', 'transfer-encoding']

/** Checks the options and fills in the defaults. @throws {TypeError} for what makes no sense. */
export function resolveConnectOptions(
  target: string | URL,
  options: WebSocketConnectOptions,
): ResolvedConnectOptions {
  assertOptions(options)
  const { protocols = [], headers = {}, deflate = false } = options
  for (const protocol of protocols) {
    if (typeof protocol !== 'string' || !isToken(protocol)) {
      throw new TypeError(`The subprotocol ${describeValue(protocol)} is no token.`)
    }
  }
  if (new Set(protocols).size < protocols.length) throw new TypeError('A subprotocol is offered twice.')
  for (const [name, value] of Object.entries(headers)) {
    if (!isToken(name) || !isFieldValue(value)) {
      throw new TypeError(`The header ${JSON.stringify(name)} is malformed.`)
    }
    if (OWN_HEADERS.includes(name.toLowerCase()) || name.toLowerCase().startsWith('sec-websocket-')) {
      throw new TypeError(`The header ${JSON.stringify(name)} is part of the handshake; leave it out.`)
    }
  }
  const limits = checkLimits('limits', options.limits, DEFAULT_LIMITS)
  return {
    ...options,
    url: parseUrl(target),
    protocols,
    headers,
    deflate: deflate === false ? undefined : resolveDeflateOptions(deflate),
    limits,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
    clock: options.clock ?? systemClock,
    logger: options.logger ?? consoleLogger,
  }
}

/** The `WebSocket` of browsers takes subprotocols in the place of options. */
function assertOptions(options: WebSocketConnectOptions): void {
  const given: unknown = options
  if (typeof given === 'string' || Array.isArray(given)) {
    const names = typeof given === 'string' ? [given] : (given as readonly unknown[])
    throw new TypeError(
      `connectWebSocket takes an object of options; for subprotocols pass { protocols: ${listNames(names)} }.`,
    )
  }
  checkNames('connectWebSocket', given, Object.keys(OPTION_NAMES))
  const { protocols } = options as { readonly protocols?: unknown }
  if (protocols === undefined || Array.isArray(protocols)) return
  throw new TypeError(`\`protocols\` is a list of names such as ['chat'], not ${describeValue(protocols)}.`)
}

function listNames(names: readonly unknown[]): string {
  return `[${names.map((name) => (typeof name === 'string' ? `'${name}'` : describeValue(name))).join(', ')}]`
}

/** RFC 6455 §3. */
function parseUrl(target: string | URL): URL {
  if (!URL.canParse(String(target))) throw new TypeError(`${JSON.stringify(String(target))} is no URL.`)
  const url = new URL(target)
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new TypeError(`A WebSocket URL begins with ws: or wss:, not ${url.protocol}`)
  }
  if (url.hash !== '') throw new TypeError('A WebSocket URL has no fragment.')
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('Pass credentials in `headers`, not in the URL.')
  }
  return url
}
