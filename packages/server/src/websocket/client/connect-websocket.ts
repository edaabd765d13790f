// The client's end of a WebSocket, for servers and tests (RFC 6455 §4.1). Browsers have their own.
import { randomBytes } from 'node:crypto'
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Compression } from '../connection/compression.ts'
import { ConnectionContext } from '../connection/connection-context.ts'
import { Heartbeat } from '../connection/heartbeat.ts'
import { WebSocketConnection } from '../connection/websocket-connection.ts'
import { DeflateEndpoint } from '../deflate/deflate-endpoint.ts'
import type { DeflateOptions } from '../deflate/deflate-options.ts'
import { acceptKey } from '../handshake/accept-key.ts'
import {
  formatDeflateOffer,
  readDeflateResponse,
  type DeflateAgreement,
} from '../protocol/deflate-negotiation.ts'
import type { ExtensionOffer } from '../protocol/extension-header.ts'
import { readHandshakeResponse } from '../protocol/handshake-response.ts'
import type { WebSocketLimits } from '../websocket-limits.ts'
import { WebSocketConnectError } from './connect-error.ts'
import { describeFailure, describeRefusal } from './describe-failure.ts'
import {
  resolveConnectOptions,
  type ResolvedConnectOptions,
  type WebSocketConnectOptions,
} from './connect-options.ts'
import { generateMaskingKey } from './masking-keys.ts'

/**
 * Connects to a WebSocket server. The answer is verified, redirects are not followed, and what is sent is masked with
 * keys that no one can predict.
 *
 * @throws {TypeError} for a URL or options that make no sense.
 * @throws {WebSocketConnectError} if there will be no connection; its `code` says why.
 * @example
 * const connection = await connectWebSocket('wss://example.com/echo', { protocols: ['echo.v1'] })
 * connection.send('hello')
 * for await (const message of messagesOf(connection)) console.log(message)
 */
export async function connectWebSocket(
  url: string | URL,
  options: WebSocketConnectOptions = {},
): Promise<WebSocketConnection> {
  const resolved = resolveConnectOptions(url, options)
  const key = randomBytes(16).toString('base64')
  const { response, socket, head } = await sendRequest(key, resolved)
  return openConnection(key, response, socket, head, resolved)
}

interface Answer {
  readonly response: IncomingMessage
  readonly socket: Duplex
  readonly head: Uint8Array
}

/** Sends the request and waits for an answer that upgrades. */
function sendRequest(key: string, options: ResolvedConnectOptions): Promise<Answer> {
  const { signal, clock, handshakeTimeoutMs } = options
  return new Promise((resolve, reject) => {
    const request = createRequest(key, options)
    const finish = (): void => {
      timer.cancel()
      signal?.removeEventListener('abort', abort)
    }
    const fail = (error: WebSocketConnectError): void => {
      finish()
      reject(error)
      request.destroy()
      options.stream?.destroy()
    }
    const abort = (): void =>
      fail(new WebSocketConnectError('WS_CONNECT_ABORTED', 'aborted', { cause: signal?.reason }))
    const timer = clock.setTimer(() => {
      const message = `the handshake took longer than ${handshakeTimeoutMs} ms`
      fail(new WebSocketConnectError('WS_CONNECT_TIMEOUT', message))
    }, handshakeTimeoutMs)
    signal?.addEventListener('abort', abort, { once: true })
    // The first of these settles the promise; destroying the request may raise more errors, which say nothing new.
    request.on('error', (cause) =>
      fail(new WebSocketConnectError('WS_CONNECT_FAILED', describeFailure(cause, options.url), { cause })),
    )
    request.on('response', (response) => fail(refusalOf(response)))
    request.on('upgrade', (response, socket, head) => {
      finish()
      resolve({ response, socket, head })
    })
    if (signal?.aborted === true) abort()
    else request.end()
  })
}

function createRequest(key: string, options: ResolvedConnectOptions): ClientRequest {
  const { url, protocols, headers, deflate, tls, socketPath, stream } = options
  const isSecure = url.protocol === 'wss:'
  const common = {
    method: 'GET',
    // Brackets belong to the URL of an IPv6 address, not to the address.
    host: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
    headers: {
      ...headers,
      Host: url.host,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Version': '13',
      ...(deflate && { 'Sec-WebSocket-Extensions': formatDeflateOffer(deflate) }),
      ...(protocols.length > 0 && { 'Sec-WebSocket-Protocol': protocols.join(', ') }),
    },
    ...(socketPath !== undefined && { socketPath }),
    // With an agent of its own, even none, Node would not ask for the stream.
    ...(stream === undefined ? { agent: false as const } : { createConnection: () => stream }),
  }
  if (!isSecure || stream !== undefined) return httpRequest(common)
  const secure = { ...common, ...tls, ALPNProtocols: ['http/1.1'] }
  return httpsRequest(secure)
}

/** Checks the answer and takes the stream over. */
function openConnection(
  key: string,
  response: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  options: ResolvedConnectOptions,
): WebSocketConnection {
  const { statusCode: status = 0, rawHeaders } = response
  const expectation = { accept: acceptKey(key), subprotocols: options.protocols }
  const agreement = readHandshakeResponse({ status, rawHeaders }, expectation)
  if (typeof agreement === 'string') throw giveUp(socket, agreement)
  const extension = readExtension(agreement.extensions, options.deflate)
  if (typeof extension === 'string') throw giveUp(socket, extension)
  const { deflate, limits, clock, logger } = options
  const context = new ConnectionContext({
    role: 'client',
    generateMask: generateMaskingKey,
    limits,
    clock,
    logger,
    heartbeat: Heartbeat.shared({ clock, limits }),
  })
  return new WebSocketConnection(socket, context, {
    subprotocol: agreement.subprotocol ?? '',
    compression: extension && deflate && createCompression(extension, deflate, limits),
    head,
  })
}

/** What the server agreed to; a string says what is wrong with it. §4.1: nothing that was not offered. */
function readExtension(
  extensions: readonly ExtensionOffer[],
  deflate: DeflateOptions | undefined,
): DeflateAgreement | undefined | string {
  if (deflate === undefined) {
    return extensions.length > 0 ? 'the server selected an extension that was not offered' : undefined
  }
  const answer = readDeflateResponse(extensions, deflate)
  if (answer === 'invalid') return 'the server answered with extension parameters that do not fit the offer'
  return answer === 'none' ? undefined : answer
}

function createCompression(
  agreement: DeflateAgreement,
  options: DeflateOptions,
  { maxMessageBytes }: WebSocketLimits,
): Compression {
  return new DeflateEndpoint({ role: 'client', options, maxMessageBytes }).compressionFor(agreement)
}

function refusalOf(response: IncomingMessage): WebSocketConnectError {
  const { statusCode: status, headers } = response
  if (status === 101) return invalid('the answer does not upgrade to websocket')
  return new WebSocketConnectError('WS_CONNECT_REFUSED', describeRefusal(status, headers.location), {
    status,
    headers,
  })
}

/** Lets go of the stream of a server whose answer breaks the rules. */
function giveUp(socket: Duplex, message: string): WebSocketConnectError {
  socket.on('error', ignore).destroy()
  return invalid(message)
}

function invalid(message: string): WebSocketConnectError {
  return new WebSocketConnectError('WS_CONNECT_INVALID', message)
}

function ignore(): void {}
