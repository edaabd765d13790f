// What attackers have in common.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { buildRequest, RawWebSocket } from '../support/raw-websocket.ts'

/** An answer to bytes that need not be a handshake. */
export interface Answer {
  /** 0 if nothing came that looks like an answer. */
  readonly status: number
  readonly text: string
}

/** Sends bytes, and returns all that comes back until the server ends the connection or says 101. */
export async function ask(port: number, request: string | Uint8Array): Promise<Answer> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  let text = ''
  const done = new Promise<void>((resolve) => {
    socket.on('close', () => resolve())
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (text.startsWith('HTTP/1.1 101') && text.includes('\r\n\r\n')) resolve()
    })
  })
  socket.write(typeof request === 'string' ? Buffer.from(request, 'latin1') : request)
  await done
  socket.destroy()
  return { status: Number(text.split(' ', 2)[1] ?? 0), text }
}

/** A handshake with headers added, changed or left out. */
export function shake(
  port: number,
  path: string,
  changes: Record<string, string | undefined> = {},
): Promise<Answer> {
  return ask(port, buildRequest(path, { 'Sec-WebSocket-Protocol': undefined, ...changes }))
}

/** A handshake with a line more, as it stands. */
export function shakeWith(port: number, path: string, line: string): Promise<Answer> {
  const request = buildRequest(path, { 'Sec-WebSocket-Protocol': undefined })
  return ask(port, request.replace('\r\n\r\n', `\r\n${line}\r\n\r\n`))
}

export function open(
  port: number,
  path = '/',
  changes: Record<string, string | undefined> = {},
): Promise<RawWebSocket> {
  return RawWebSocket.open(port, path, { 'Sec-WebSocket-Protocol': undefined, ...changes })
}

export const DEFLATE = { 'Sec-WebSocket-Extensions': 'permessage-deflate' }

/** The code of the Close frame, or undefined if the connection ends without one. */
export async function closeCodeOf(raw: RawWebSocket): Promise<number | undefined> {
  await Promise.race([raw.until(() => raw.closeCode !== undefined).catch(() => {}), raw.ended])
  return raw.closeCode
}

/** Writes, as slowly as the other end reads; false once it is gone. */
export async function write(socket: Socket, bytes: Uint8Array): Promise<boolean> {
  if (socket.destroyed || !socket.writable) return false
  if (socket.write(bytes)) return true
  const gone = new AbortController()
  const close = (): void => gone.abort()
  socket.once('close', close)
  try {
    await once(socket, 'drain', { signal: gone.signal })
    return true
  } catch {
    return false
  } finally {
    socket.off('close', close)
  }
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Infinity
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** How long each of some exchanges with the server takes, one after the other, in milliseconds. */
export async function echoTimes(raw: RawWebSocket, goesOn: () => boolean): Promise<number[]> {
  const times: number[] = []
  while (goesOn()) {
    const startedAt = performance.now()
    const expected = raw.frames.length + 1
    raw.send('x')
    await raw.until(() => raw.frames.length >= expected)
    times.push(performance.now() - startedAt)
  }
  return times
}
