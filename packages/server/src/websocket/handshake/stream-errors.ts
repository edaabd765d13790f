// Errors of a stream between its handshake and its connection, which are nobody's business: the stream ends by itself.
import type { Duplex } from 'node:stream'

/** Keeps errors of a stream from being thrown; twice is as good as once. */
export function ignoreErrors(stream: Duplex): void {
  if (stream.listenerCount('error', ignore) === 0) stream.on('error', ignore)
}

/** Ends that, for the one who listens from now on: a connection may last, and nothing of the handshake with it. */
export function heedErrors(stream: Duplex): void {
  stream.off('error', ignore)
}

function ignore(): void {}
