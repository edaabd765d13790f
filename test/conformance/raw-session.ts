// WebSockets on bare HTTP/2 sessions, for tests that look at or break the frames of HTTP/2 itself.
import { RawHttp2, websocketFields, type Fields, type RawHttp2Options } from '../support/raw-http2.ts'
import { same } from './check.ts'
import type { Endpoint } from './host.ts'
import { within } from './patience.ts'
import type { Served } from './served.ts'
import type { Trial } from './trial.ts'

/** Error codes of RFC 9113 §7. */
export const H2_ERROR = { protocolError: 1, refusedStream: 7, cancel: 8 } as const

/** A bare session with the listener of a trial, or with another. */
export async function dialRaw(
  trial: Trial,
  options: RawHttp2Options = {},
  port = trial.listener.port,
): Promise<RawHttp2> {
  const raw = await RawHttp2.dial(port, { isSecure: true, ...options })
  trial.onEnd(() => raw.socket.destroy())
  return raw
}

/** The fields of a CONNECT that the listeners here accept. */
export function fieldsFor(target: string): Fields {
  return websocketFields(target, 'https', 'localhost')
}

/** Sends a request on stream 1 and waits for a status or a reset. */
export async function answerOf(
  raw: RawHttp2,
  fields: Fields,
  isEnd = false,
): Promise<{ status?: number; reset?: number }> {
  raw.request(1, fields, isEnd)
  const answered = raw.until(() => raw.statusOf(1) !== undefined || raw.resetOf(1) !== undefined)
  await within(answered, 'an answer or a reset')
  const status = raw.statusOf(1)
  const reset = raw.resetOf(1)
  return { ...(status === undefined ? {} : { status }), ...(reset === undefined ? {} : { reset }) }
}

/** A WebSocket on stream 1 of a bare session. */
export async function openRaw(
  trial: Trial,
  endpoint: Endpoint,
  options: RawHttp2Options = {},
): Promise<{ raw: RawHttp2; served: Served }> {
  const raw = await dialRaw(trial, options)
  const { served, target } = endpoint.expect()
  same(await answerOf(raw, fieldsFor(target)), { status: 200 }, 'the answer')
  await served.opened()
  return { raw, served }
}
