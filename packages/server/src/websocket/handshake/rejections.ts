// How a handshake is refused for reasons that are not in it.
import type { HandshakeRejection } from '../protocol/handshake.ts'

/** A hook of the application failed; what happened is for the log. */
export const serverFailed: HandshakeRejection = { status: 500, reason: 'internal error' }

/** The server ends or cannot keep up; another one may answer. */
export const shuttingDown: HandshakeRejection = {
  status: 503,
  reason: 'service unavailable',
  headers: { 'Retry-After': '1' },
}
