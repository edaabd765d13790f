// An opening handshake as an application sees it.

/** A handshake that keeps the rules of RFC 6455 (or RFC 8441), before and after it is granted. */
export interface UpgradeRequest {
  /** The request target: path and query. */
  readonly url: string
  /** Names in lower case; a header that came twice has its values in one array. Has no prototype. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** `1.1` or `2.0`. */
  readonly httpVersion: string
  /** The client's address, if it is known. Behind trusted proxies the one that they report. */
  readonly remoteAddress: string | undefined
  /** The authority that the client connected to, such as `example.com:8080`. */
  readonly host: string
  /** The page that connects; only browsers send one. */
  readonly origin: string | undefined
  /** Whether the client's connection is encrypted, as far as it is known. */
  readonly isSecure: boolean
  /** The subprotocols that the client offers, in its order of preference. */
  readonly subprotocols: readonly string[]
}
