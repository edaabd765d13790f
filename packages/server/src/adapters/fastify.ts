// A Roomcast server inside a Fastify application. It translates; policy is in the server.
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerBase,
} from 'fastify'
import type { Attachment, AttachOptions } from '../roomcast.ts'
import type { AnyHttpServer } from '../websocket/handshake/upgrade-dispatcher.ts'

/** What the plugin needs of a server, so that servers of any contract fit. */
export interface AttachableRoomcast {
  attach(server: AnyHttpServer, options?: AttachOptions): Attachment
}

/** Options of {@link roomcastFastify}. */
export interface RoomcastFastifyOptions {
  readonly roomcast: AttachableRoomcast
  /**
   * The path at which clients connect, below the prefix of the plugin's scope.
   * @default '/realtime'
   */
  readonly path?: string
  /**
   * Whether clients are accepted over HTTP/2 too (RFC 8441), in an application that was made with `http2: true`.
   * @default false
   */
  readonly http2?: boolean
}

/** An application over HTTP/1.1 or HTTP/2, with or without TLS. */
type AnyFastify<Server extends RawServerBase, Logger extends FastifyBaseLogger> = FastifyInstance<
  Server,
  RawRequestDefaultExpression<Server>,
  RawReplyDefaultExpression<Server>,
  Logger
>

/**
 * A Fastify plugin: accepts clients at `path`, and ends their connections when the application closes.
 *
 * @example
 * await app.register(roomcastFastify, { roomcast, path: '/realtime' })
 */
export async function roomcastFastify<Server extends RawServerBase, Logger extends FastifyBaseLogger>(
  app: AnyFastify<Server, Logger>,
  options: RoomcastFastifyOptions,
): Promise<void> {
  const { roomcast, path = '/realtime', http2 = false } = options
  const attachment = roomcast.attach(app.server, { path: `${app.prefix}${path}`, http2 })
  // `close()` would wait for upgraded sockets for ever, so they end before it begins to wait.
  app.addHook('preClose', () => attachment.close())
  app.get(path, async (request, reply) => {
    // Fields of one connection do not exist in HTTP/2 (RFC 9113 §8.2.2).
    if (request.raw.httpVersionMajor < 2) reply.headers({ upgrade: 'websocket', connection: 'upgrade' })
    return reply
      .code(426)
      .send({ error: 'Upgrade Required', message: 'Connect here with a WebSocket.', statusCode: 426 })
  })
}
