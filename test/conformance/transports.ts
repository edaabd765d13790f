// How a test's bytes reach the server: a request over HTTP/1.1, over TLS, or as an extended CONNECT over HTTP/2; and
// if it is granted, the stream that carries the bytes of RFC 6455 from then on.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { ClientHttp2Session, ClientHttp2Stream, SecureClientSessionOptions } from 'node:http2'
import { connect as connectTcp, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls'
import { dialH2, type ResponseHeaders } from '../support/http2-websocket.ts'
import { localCertificate } from '../support/tls.ts'
import { Mismatch } from './check.ts'
import { nextTurn, within } from './patience.ts'

/** Fields to add or change in the usual request; `undefined` leaves one out, an array sends it more than once. */
export type Changes = Readonly<Record<string, string | readonly string[] | undefined>>

/** The answer to a handshake. */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** Everything from here on. */
  readonly stream: Duplex
}

/** The values of a field. */
export function valuesOf({ fields }: Pick<Answer, 'fields'>, name: string): readonly string[] {
  return fields.filter(([other]) => other === name.toLowerCase()).map(([, value]) => value)
}

/**
 * Destroys a stream in the next turn. Node (20) frees an HTTP/2 stream that is reset while a read of its session is being
 * handled, as it is when a test goes on because something arrived, and then goes on to use it: the process dies of it,
 * sooner or later.
 */
export async function drop(stream: Duplex): Promise<void> {
  await nextTurn()
  stream.destroy()
}

/** Whether the handshake was granted. */
export function isAccepted({ status }: Pick<Answer, 'status'>): boolean {
  return status === 101 || status === 200
}

let trusted: SecureContext | undefined

/** What clients trust; made once, since that takes longer than a connection. */
async function trust(): Promise<SecureContext> {
  return (trusted ??= createSecureContext({ ca: (await localCertificate()).cert }))
}

/** Opens a TCP or TLS connection and sends nothing. */
export async function dial(transport: 'h1' | 'tls', port: number): Promise<Duplex> {
  const place = { port, host: '127.0.0.1' }
  const stream: Socket =
    transport === 'h1'
      ? connectTcp(place)
      : connectTls({ ...place, servername: 'localhost', secureContext: await trust() })
  stream.setNoDelay(true)
  stream.on('error', ignore) // resets are what some tests are about
  await once(stream, transport === 'h1' ? 'connect' : 'secureConnect')
  return stream
}

/** The bytes of a handshake over HTTP/1.1. */
export function requestBytes(target: string, changes: Changes = {}, line = `GET ${target} HTTP/1.1`): Buffer {
  const fields: Changes = {
    Host: '127.0.0.1',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Version': '13',
    ...changes,
  }
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => `${name}: ${one}`),
  )
  return Buffer.from([line, ...lines, '', ''].join('\r\n'), 'latin1')
}

/** Reads the head of a response over HTTP/1.1 and leaves the rest in the stream. */
export async function readAnswer(stream: Duplex): Promise<Answer> {
  const [head, rest] = await within(readHead(stream), 'an answer to the handshake')
  const [statusLine = '', ...lines] = head.split('\r\n')
  if (rest.length > 0) stream.unshift(rest)
  const fields = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  return { status: Number(statusLine.split(' ')[1]), fields, stream }
}

/** Everything until the end of the stream. */
export async function readToEnd(stream: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = []
  const ended = new Promise<Buffer>((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.once('end', () => resolve(Buffer.concat(chunks)))
    stream.once('close', () => reject(new Mismatch('an orderly end of the answer', 'a reset')))
  })
  stream.resume()
  return within(ended, 'the end of the answer')
}

function readHead(stream: Duplex): Promise<[head: string, rest: Buffer]> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk])
      const end = bytes.indexOf('\r\n\r\n')
      if (end < 0) return
      stop()
      resolve([bytes.toString('latin1', 0, end), bytes.subarray(end + 4)])
    }
    const onEnd = (): void => {
      stop()
      reject(new Mismatch('an answer to the handshake', `the end after ${bytes.length} bytes`))
    }
    const stop = (): void => {
      stream.pause()
      stream.off('data', onData).off('end', onEnd).off('close', onEnd)
    }
    stream.on('data', onData).once('end', onEnd).once('close', onEnd)
    stream.resume()
  })
}

/** Opens an HTTP/2 session over TLS. */
export async function dialSession(port: number): Promise<ClientHttp2Session> {
  return dialH2(port, { secureContext: await trust() } as SecureClientSessionOptions)
}

/** Sends an extended CONNECT. Names in `changes` may be in any case. */
export function requestH2(
  session: ClientHttp2Session,
  target: string,
  changes: Changes = {},
): ClientHttp2Stream {
  const fields: Record<string, string | string[]> = {
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':path': target,
    'sec-websocket-version': '13',
  }
  for (const [name, value] of Object.entries(changes)) {
    const key = name.toLowerCase()
    if (value === undefined) delete fields[key]
    else fields[key] = typeof value === 'string' ? value : [...value]
  }
  const stream = session.request(fields, { endStream: false })
  stream.on('error', ignore)
  return stream
}

/** Waits for the answer to an extended CONNECT. */
export async function answerH2(stream: ClientHttp2Stream): Promise<Answer> {
  const answered = new Promise<ResponseHeaders>((resolve, reject) => {
    stream.once('response', resolve)
    stream.once('close', () =>
      reject(new Mismatch('an answer to the handshake', `a reset with ${String(stream.rstCode)}`)),
    )
  })
  const headers = await within(answered, 'an answer to the handshake')
  const received = Object.entries(headers).flatMap(([name, value]) =>
    name === ':status' || value === undefined
      ? []
      : [value].flat().map((one) => [name, String(one)] as const),
  )
  return { status: headers[':status'] ?? 0, fields: received, stream }
}

function ignore(): void {}
