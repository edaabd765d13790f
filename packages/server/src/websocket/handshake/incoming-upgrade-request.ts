// An opening handshake over HTTP/1.1 as an application sees it.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Handshake } from '../protocol/handshake.ts'
import { originationOf, type Origination } from './forwarded.ts'
import type { TrustedProxies } from './trusted-proxies.ts'
import type { UpgradeRequest } from './upgrade-request.ts'

/**
 * Its headers are put together by Node when they are read for the first time, which many applications never do. For that
 * it holds what came in; the connection does not hold it.
 */
export class IncomingUpgradeRequest implements UpgradeRequest {
  readonly url: string
  readonly httpVersion: string
  readonly remoteAddress: string | undefined
  readonly host: string
  readonly origin: string | undefined
  readonly isSecure: boolean
  readonly subprotocols: readonly string[]
  readonly #incoming: IncomingMessage

  constructor(
    incoming: IncomingMessage,
    socket: Duplex & { remoteAddress?: string; encrypted?: boolean },
    { host, origin, subprotocols }: Handshake,
    proxies: TrustedProxies,
  ) {
    const { remoteAddress, encrypted: isSecure = false } = socket
    const nearest: Origination = { remoteAddress, host, isSecure }
    const origination = proxies.isEmpty ? nearest : originationOf(nearest, incoming.headers, proxies)
    this.url = originForm(incoming.url ?? '/')
    this.httpVersion = incoming.httpVersion
    this.remoteAddress = origination.remoteAddress
    this.host = origination.host
    this.origin = origin
    this.isSecure = origination.isSecure
    this.subprotocols = subprotocols
    this.#incoming = incoming
  }

  get headers(): UpgradeRequest['headers'] {
    return this.#incoming.headers
  }
}

/** Path and query of a target, which may be absolute (RFC 9112 §3.2.2). */
function originForm(target: string): string {
  if (target.startsWith('/') || !URL.canParse(target)) return target
  const { pathname, search } = new URL(target)
  return pathname + search
}
