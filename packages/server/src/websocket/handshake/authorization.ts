// What the application may say about a handshake before it is answered.
import { isFieldValue, isToken } from '../protocol/header-grammar.ts'
import type { UpgradeRequest } from './upgrade-request.ts'

/** How a handshake is refused. Browsers show scripts nothing of it; other clients see all of it. */
export interface Refusal {
  /** From 300 to 599, such as 401 (with WWW-Authenticate), 403, 429, or 307 (with Location). */
  readonly status: number
  /**
   * One line for people, sent as the body.
   * @default the name of the status
   */
  readonly reason?: string
  /** Header fields of the response. What frames it (Connection, Content-Length, …) is set by the server. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Decides about a handshake; returns how to refuse it, or nothing to accept it.
 *
 * `signal` is aborted when the answer is not wanted any more: the client went away, `authorizeTimeoutMs` passed, or the
 * server shuts down.
 */
export type Authorize = (
  request: UpgradeRequest,
  signal: AbortSignal,
) => Refusal | undefined | void | Promise<Refusal | undefined | void>

/** Field names that only the server sets, since they say where a response ends and what becomes of the connection. */
const RESERVED = new Set([
  'connection',
  'content-length',
  'content-type',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** What is wrong with headers of the application, or undefined. */
export function findHeaderFault(headers: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    if (!isToken(name)) return 'a header name is no token'
    if (typeof value !== 'string' || !isFieldValue(value))
      return `the value of the header ${name} is malformed`
    if (isReserved(name.toLowerCase())) return `the header ${name} is set by the server`
  }
  return undefined
}

function isReserved(name: string): boolean {
  return RESERVED.has(name) || name.startsWith('sec-websocket-')
}

/** What is wrong with a refusal, or undefined. Over HTTP/2 a status below 300 would accept the handshake. */
export function findRefusalFault(refusal: Refusal): string | undefined {
  if (typeof refusal !== 'object' || refusal === null) return 'it is neither an object nor undefined'
  const { status, reason, headers } = refusal
  if (!Number.isInteger(status) || status < 300 || status > 599) {
    return 'its status is not from 300 to 599'
  }
  if (reason !== undefined && typeof reason !== 'string') return 'its reason is no string'
  return findHeaderFault(headers ?? {})
}
