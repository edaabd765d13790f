// A Roomcast server inside a Fastify application. It translates; policy is in the server.
import type { FastifyInstance } from 'fastify'
import type { Attachment, AttachOptions } from '../server.ts'

/** What the plugin needs of a server, so that servers of any contract fit. */
export interface AttachableRoomcast {
  attach(server: FastifyInstance['server'], options?: AttachOptions): Attachment
}

/** Options of {@link roomcastFastify}. */
export interface RoomcastFastifyOptions {
  readonly roomcast: AttachableRoomcast
  /**
   * The path at which clients connect, below the prefix of the plugin's scope.
   * @default '/realtime'
   */
  readonly path?: string
}

/**
 * A Fastify plugin: accepts clients at `path`, and ends their connections when the application closes.
 *
 * @example
 * await app.register(roomcastFastify, { roomcast, path: '/realtime' })
 */
export async function roomcastFastify(app: FastifyInstance, options: RoomcastFastifyOptions): Promise<void> {
  const { roomcast, path = '/realtime' } = options
  const attachment = roomcast.attach(app.server, { path: `${app.prefix}${path}` })
  // `close()` would wait for upgraded sockets for ever, so they end before it begins to wait.
  app.addHook('preClose', () => attachment.close())
  app.get(path, async (_request, reply) =>
    reply
      .code(426)
      .headers({ upgrade: 'websocket', connection: 'upgrade' })
      .send({ error: 'Upgrade Required', message: 'Connect here with a WebSocket.', statusCode: 426 }),
  )
}
