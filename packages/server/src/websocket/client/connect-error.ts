// Why a client could not connect.

/**
 * - `WS_CONNECT_FAILED`: there is no connection, see `cause`
 * - `WS_CONNECT_REFUSED`: the server answered with another status than 101, see `status`
 * - `WS_CONNECT_INVALID`: the server's answer breaks RFC 6455
 * - `WS_CONNECT_TIMEOUT`: it took too long
 * - `WS_CONNECT_ABORTED`: the signal was aborted, see `cause`
 */
export type WebSocketConnectErrorCode =
  | 'WS_CONNECT_FAILED'
  | 'WS_CONNECT_REFUSED'
  | 'WS_CONNECT_INVALID'
  | 'WS_CONNECT_TIMEOUT'
  | 'WS_CONNECT_ABORTED'

/** What `connectWebSocket` rejects with. */
export class WebSocketConnectError extends Error {
  override readonly name = 'WebSocketConnectError'
  readonly code: WebSocketConnectErrorCode
  /** The HTTP status of a server that refused. */
  readonly status: number | undefined
  /** The headers of a server that refused, names in lower case. Redirects are not followed: see `location`. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>

  constructor(
    code: WebSocketConnectErrorCode,
    message: string,
    {
      cause,
      status,
      headers = {},
    }: {
      readonly cause?: unknown
      readonly status?: number | undefined
      readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>
    } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.status = status
    this.headers = headers
  }
}
