// The abrupt end of a stream, such that the peer can tell it from a proper one.
import { constants, type Http2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'

/**
 * Destroys a stream. One of HTTP/2 is reset with CANCEL first, which stands for the reset of a TCP connection (RFC 8441
 * §5); Node by itself would end it with NO_ERROR, as if all were well.
 */
export function abortSocket(socket: Duplex): void {
  if (isHttp2Stream(socket) && !socket.closed) resetStream(socket, constants.NGHTTP2_CANCEL)
  socket.destroy()
}

const resetHere = new WeakSet<Http2Stream>()

/** Resets a stream of HTTP/2, and remembers that it was not the peer who did. */
export function resetStream(stream: Http2Stream, code: number): void {
  resetHere.add(stream)
  stream.close(code)
}

/** Whether the reset of a stream was ours. */
export function wasResetHere(stream: Http2Stream): boolean {
  return resetHere.has(stream)
}

function isHttp2Stream(socket: Duplex): socket is Http2Stream {
  return 'rstCode' in socket
}
