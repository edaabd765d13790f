// Upgrade requests of one HTTP server, by path, side by side with other libraries that listen for upgrades too.
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Http2SecureServer, Http2Server } from 'node:http2'
import type { Server as HttpsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { processWide } from '../../util/process-wide.ts'
import { interceptEvent } from './event-interceptor.ts'
import { refuseUpgrade } from './refusal.ts'

/** Answers an upgrade request; from here on the socket is its own. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** Where connections may come in. An HTTP/2 server hands over upgrades if it speaks HTTP/1.1 too (`allowHTTP1`). */
export type AnyHttpServer = HttpServer | HttpsServer | Http2Server | Http2SecureServer

/** The path that stands for all paths at which nothing else is attached. */
export const ANY_PATH = '*'

const dispatchers = processWide('upgrade-dispatchers', () => new WeakMap<AnyHttpServer, UpgradeDispatcher>())

/**
 * Calls back for upgrade requests at a path, or with `'*'` at every path that nobody else has; the query does not matter.
 * Returns a function that stops it.
 *
 * An `upgrade` event has no way to say that it was handled: every listener gets every socket, and some, such as
 * @fastify/websocket, answer whatever they do not know with 404. So requests for our paths are taken out before the
 * event is emitted, whoever registered first; everything else goes its usual way.
 *
 * @throws {Error} if the path is taken.
 */
export function onUpgrade(server: AnyHttpServer, path: string, handler: UpgradeHandler): () => void {
  let dispatcher = dispatchers.get(server)
  if (!dispatcher) {
    dispatcher = new UpgradeDispatcher(server)
    dispatchers.set(server, dispatcher)
  }
  return dispatcher.add(path, handler)
}

class UpgradeDispatcher {
  readonly #server: AnyHttpServer
  readonly #handlers = new Map<string, UpgradeHandler>()
  /** Whether it stands before the server's `emit`. It stays there, since others may have put theirs before it. */
  #isInstalled = false

  constructor(server: AnyHttpServer) {
    this.#server = server
  }

  add(path: string, handler: UpgradeHandler): () => void {
    if (this.#handlers.has(path)) throw new Error(`Something is attached at ${path} of this server already.`)
    this.#install()
    this.#handlers.set(path, handler)
    return () => {
      if (this.#handlers.get(path) !== handler) return
      this.#handlers.delete(path)
      if (this.#handlers.size === 0) this.#server.off('upgrade', this.#refuseIfAlone)
    }
  }

  #install(): void {
    // Node emits `upgrade` only if somebody listens.
    if (this.#handlers.size === 0) this.#server.on('upgrade', this.#refuseIfAlone)
    if (this.#isInstalled) return
    this.#isInstalled = true
    interceptEvent(this.#server, 'upgrade', (...args: Parameters<UpgradeHandler>) => this.#dispatch(...args))
  }

  /** Whether the request was for one of our paths. */
  #dispatch(...[request, socket, head]: Parameters<UpgradeHandler>): boolean {
    const handler = findByPath(this.#handlers, request.url)
    handler?.(request, socket, head)
    return handler !== undefined
  }

  readonly #refuseIfAlone = (_request: IncomingMessage, socket: Duplex): void => {
    if (this.#server.listenerCount('upgrade') === 1) refuseUpgrade(socket, 404)
  }
}

const QUERY_OR_FRAGMENT = /[?#]/

/** What stands at the path of a request target, or else at every path. */
export function findByPath<T>(places: ReadonlyMap<string, T>, target: string | undefined): T | undefined {
  return places.get(pathOfTarget(target)) ?? places.get(ANY_PATH)
}

/** The path of a request target, which may be absolute. */
function pathOfTarget(target = '/'): string {
  if (target.startsWith('/')) {
    const end = target.search(QUERY_OR_FRAGMENT)
    return end < 0 ? target : target.slice(0, end)
  }
  return URL.canParse(target) ? new URL(target).pathname : target
}
