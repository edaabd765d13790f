// The places of our server, each with settings of its own.
import type { WebSocketLimits } from '@roomcast/server/websocket'

interface OwnPath {
  readonly path: string
  /** Whether permessage-deflate is granted. */
  readonly deflate: boolean
  readonly limits: Partial<WebSocketLimits>
}

const NO_RATE = { perSecond: Infinity, burst: Infinity }

/** A client that sends 10,000 messages at once is what the check wants. */
const FAST: Partial<WebSocketLimits> = { messageRate: NO_RATE, byteRate: NO_RATE }

/** After so many milliseconds of silence `/pinging` sends a ping. */
export const PING_AFTER_MS = 500

export const PATHS: readonly OwnPath[] = [
  { path: '/echo', deflate: false, limits: FAST },
  { path: '/deflate', deflate: true, limits: FAST },
  { path: '/pinging', deflate: false, limits: { pingAfterMs: PING_AFTER_MS, sweepIntervalMs: 100 } },
  { path: '/silent', deflate: false, limits: { pingAfterMs: Infinity } },
]
