// A place where WebSockets come in: a path of an HTTP server, over whatever versions of HTTP it speaks.
import { assertHttp2, isHttp2Server, onConnect } from './http2-dispatcher.ts'
import { acceptConnect, type Http2Connect } from './http2-upgrade.ts'
import { refuseUpgrade } from './refusal.ts'
import { watchHandshakes } from './handshake-watch.ts'
import { ignoreErrors } from './stream-errors.ts'
import { onUpgrade, type AnyHttpServer, type UpgradeHandler } from './upgrade-dispatcher.ts'
import { resolveUpgradeOptions, type UpgradeOptions } from './upgrade-options.ts'
import { refuseStrayRequests } from './stray-requests.ts'
import { acceptUpgrade, judgeStrayRequest } from './upgrade.ts'

export interface UpgradePlaceOptions {
  readonly path: string
  /** Whether WebSockets over HTTP/2 are accepted too. */
  readonly http2: boolean
  readonly upgrade: UpgradeOptions
  /** Whether newcomers are sent away (503). */
  readonly isClosed: () => boolean
}

/** What can be done with such a place. */
export interface UpgradePlace {
  /** Accepts no more there; who waits for a decision is sent away (503). Connections stay. */
  detach(): void
  /** Sends those away (503) whom the application is still deciding about; to be called when the place is closed. */
  turnAway(): void
  /**
   * Ends the HTTP/2 sessions that carried WebSockets, each once it carries none and after `closeTimeoutMs` in any case,
   * so that the HTTP server can close.
   */
  endSessions(): void
}

const RETRY_SOON = { 'Retry-After': '1' }

/**
 * Accepts WebSockets at a path, or with `'*'` at every path that nobody else has; other paths and their handlers are left
 * alone.
 *
 * @throws {TypeError} if `http2` does not fit the server.
 * @throws {Error} if the path is taken.
 */
export function openUpgradePlace(server: AnyHttpServer, options: UpgradePlaceOptions): UpgradePlace {
  const { path, http2 } = options
  const upgrade = resolveUpgradeOptions(options.upgrade)
  let isDetached = false
  const isClosed = (): boolean => isDetached || options.isClosed()
  const turnAway = (): void => {
    for (const waiting of upgrade.pending) waiting.turnAway()
  }
  if (http2) assertHttp2(server)
  else assertHttp1(server)
  const accept: UpgradeHandler = (request, socket, head) => {
    if (isClosed()) refuseUpgrade(socket, 503, RETRY_SOON)
    else acceptUpgrade(request, socket, head, upgrade)
  }
  const stopUpgrades = onUpgrade(server, path, (request, socket, head) => {
    const { turns, clock } = upgrade.context
    if (!turns.isLate(clock.monotonic())) return accept(request, socket, head)
    // In a storm of newcomers those who are connected have their turns too.
    ignoreErrors(socket)
    turns.goOnLater({ goOn: () => accept(request, socket, head) })
  })
  const stopStrays = refuseStrayRequests(server, path, (request) => judgeStrayRequest(request, upgrade))
  const stopWatch = watchHandshakes(server, upgrade)
  const acceptStream = (connect: Http2Connect): void => acceptConnect(connect, upgrade, isClosed)
  const connects = http2 ? onConnect(server, path, acceptStream, upgrade) : undefined
  return {
    detach() {
      isDetached = true
      stopUpgrades()
      stopStrays()
      stopWatch()
      connects?.stop()
      turnAway()
    },
    turnAway,
    endSessions() {
      connects?.endSessions()
    },
  }
}

/** Cleartext HTTP/2 has no other version beside it, so nothing could ever come in. */
function assertHttp1(server: AnyHttpServer): void {
  if (!isHttp2Server(server) || 'setSecureContext' in server) return
  throw new TypeError('A server of http2.createServer() takes WebSockets only with `http2: true`.')
}
