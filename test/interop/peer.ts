// What a peer is to the table: something that starts, does tasks as a client or answers them as a server, and ends.
import type { Outcome, Task } from './task.ts'

/** Things that some peers cannot do. */
export type Ability =
  | 'fragments' // sends one message in several frames when told to
  | 'ping' // sends a ping when told to, and says when the pong came
  | 'deflate' // negotiates permessage-deflate
  | 'compressing' // also compresses what it sends
  | 'http2' // opens WebSockets over HTTP/2; a proxy: accepts them
  | 'http2-backend' // a proxy that passes them on over HTTP/2
  | 'idle-timeout' // ends connections on which nothing moves

/** Why a peer cannot do something. */
export type Lacks = Partial<Record<Ability, string>>

/** A WebSocket client. */
export interface ClientPeer extends AsyncDisposable {
  readonly lacks: Lacks
  /** Does a task; rejects if no connection came about. */
  run(task: Task): Promise<Outcome>
}

/**
 * A WebSocket server that echoes every message at any path below `url`. The query changes that:
 * - `close=4000&reason=bye`: it closes after it has echoed the first message.
 * - `ping`: it sends a ping before it echoes the first message.
 * - `fragments=3`: it echoes in that many frames.
 *
 * It selects the subprotocol `interop.v2`, if that is offered.
 */
export interface ServerPeer extends AsyncDisposable {
  readonly lacks: Lacks
  /** The port for `ws:`. */
  readonly port: number
  /** The port for `wss:`, with a certificate that nobody has signed. */
  readonly securePort: number | undefined
}

/** The subprotocol that servers select. */
export const SUBPROTOCOL = 'interop.v2'

/** What is needed on the machine to start a peer, in words of `scripts/setup-interop.mjs`. */
export type Requirement =
  | 'chromium'
  | 'firefox'
  | 'webkit'
  | 'python-websockets'
  | 'python-aiohttp'
  | 'nginx'
  | 'haproxy'
  | 'caddy'
  | 'apache'
