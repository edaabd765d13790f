// The abrupt end of a stream, such that the peer can tell it from a proper one.
import { constants, type Http2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'

/**
 * Destroys a stream. One of HTTP/2 is reset with CANCEL first, which stands for the reset of a TCP connection (RFC 8441
 * §5); Node by itself would end it with NO_ERROR, as if all were well.
 */
export function abortSocket(socket: Duplex): void {
  if (isHttp2Stream(socket) && !socket.closed) socket.close(constants.NGHTTP2_CANCEL)
  socket.destroy()
}

function isHttp2Stream(socket: Duplex): socket is Http2Stream {
  return 'rstCode' in socket
}
