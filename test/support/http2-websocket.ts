// WebSockets over HTTP/2 (RFC 8441) from the client's end: the stream of an extended CONNECT as a bare duplex, over
// which a test sends whatever bytes it likes. What Node's client refuses to send, raw-http2.ts sends.
import { once } from 'node:events'
import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionOptions,
  type ClientSessionRequestOptions,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { localCertificate } from './tls.ts'

/** The head of a response. */
export type ResponseHeaders = IncomingHttpHeaders & IncomingHttpStatusHeader

/** An answered request, whatever the answer was. */
export interface Http2Exchange {
  readonly stream: ClientHttp2Stream
  readonly headers: ResponseHeaders
  readonly status: number
}

/** Opens a cleartext HTTP/2 session ("prior knowledge") and waits for the server's SETTINGS. */
export function dialH2c(port: number, options: ClientSessionOptions = {}): Promise<ClientHttp2Session> {
  return settled(connect(`http://127.0.0.1:${port}`, options))
}

/** Opens an HTTP/2 session over TLS, with ALPN, trusting the certificate of `tls.ts`; waits for the server's SETTINGS. */
export async function dialH2(port: number, options: ClientSessionOptions = {}): Promise<ClientHttp2Session> {
  const { cert } = await localCertificate()
  return settled(connect(`https://localhost:${port}`, { ...options, ca: cert }))
}

/** The pseudo-header fields and fields of a WebSocket's extended CONNECT; `undefined` in `changes` leaves one out. */
export function connectHeaders(
  path: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): OutgoingHttpHeaders {
  const headers = {
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':path': path,
    'sec-websocket-version': '13',
    ...changes,
  }
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
}

/** Sends a request and waits for the head of its answer. */
export async function exchange(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  options: ClientSessionRequestOptions = { endStream: false },
): Promise<Http2Exchange> {
  const stream = session.request(headers, options)
  const [answer] = (await once(stream, 'response')) as [ResponseHeaders]
  // From here on a reset is what some tests are about, and 'close' tells it.
  stream.on('error', () => {})
  return { stream, headers: answer, status: answer[':status'] ?? 0 }
}

/**
 * Opens a WebSocket over a session: the stream carries the bytes of RFC 6455 from here on.
 *
 * @throws {Error} if it is refused.
 */
export async function openHttp2WebSocket(
  session: ClientHttp2Session,
  path: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Http2Exchange> {
  const answered = await exchange(session, connectHeaders(path, changes))
  if (answered.status !== 200) throw new Error(`the handshake was answered with ${answered.status}`)
  return answered
}

/** Collects what arrives on a stream from now on. */
export function collect(stream: ClientHttp2Stream): { readonly bytes: Buffer; readonly hasEnded: boolean } {
  const chunks: Buffer[] = []
  let hasEnded = false
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  stream.on('end', () => (hasEnded = true))
  return {
    get bytes() {
      return Buffer.concat(chunks)
    },
    get hasEnded() {
      return hasEnded
    },
  }
}

/** The body of an answer, as text. */
export async function bodyOf({ stream }: Http2Exchange): Promise<string> {
  let body = ''
  stream.setEncoding('utf8').on('data', (text: string) => (body += text))
  await once(stream, 'end')
  return body
}

async function settled(session: ClientHttp2Session): Promise<ClientHttp2Session> {
  await once(session, 'remoteSettings')
  session.on('error', () => {}) // some tests make the server end the session
  return session
}
