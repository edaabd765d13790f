// The composition root: the only file that names concrete implementations.
import { createHash } from 'node:crypto'
import { describeContract, type Contract } from '@roomcast/protocol'
import { formatRoomName } from '@roomcast/protocol/wire'
import { MemoryBroker } from './broker/memory-broker.ts'
import { LocalControlBus } from './control/local-control-bus.ts'
import { RoomDirectory } from './control/room-directory.ts'
import { SessionDirectory } from './control/session-directory.ts'
import { resolveDrain } from './drain.ts'
import { Endpoint } from './endpoint.ts'
import { Hub } from './hub/hub.ts'
import { findShortWindows, resolveOptions, type RoomcastOptions } from './options.ts'
import { MemoryPresenceStore } from './presence/memory-presence-store.ts'
import { Authorizer, type AnyHandlers } from './routing/authorizer.ts'
import { ChannelRouter } from './routing/channel-router.ts'
import type { Identity } from './routing/handlers.ts'
import { Hooks, type ClientHooks } from './routing/hooks.ts'
import { RoomFactory } from './routing/room-factory.ts'
import type { Attachment, Roomcast } from './roomcast.ts'
import type { Route } from './routing/channel-router.ts'
import { InstanceControl } from './session/instance-control.ts'
import { ResumeStore } from './session/resume-store.ts'
import type { ConnectionRequest, SessionServices } from './session/services.ts'
import { SessionRegistry } from './session/session-registry.ts'
import { checkHandlers } from './routing/check-handlers.ts'
import { Session } from './session/session.ts'
import type { Transport } from './transport/transport.ts'
import { Crowds } from './util/crowds.ts'
import { RateTable } from './util/rate-table.ts'
import { spread } from './util/spread.ts'
import { Heartbeat } from './websocket/connection/heartbeat.ts'
import type { WebSocketConnection } from './websocket/connection/websocket-connection.ts'
import { createDeflateEndpoint } from './websocket/deflate/create-deflate-endpoint.ts'
import { resolveAttachOptions } from './websocket/handshake/attach-options.ts'
import { HandshakeLog } from './websocket/handshake/handshake-log.ts'
import { openUpgradePlace } from './websocket/handshake/upgrade-place.ts'

/**
 * Makes a server.
 *
 * @throws {TypeError} if an option makes no sense.
 * @example
 * const roomcast = createRoomcast({ contract, authenticate: ({ token }) => verify(token) })
 * roomcast.channel('chat:{roomId}', { canSubscribe: () => true, canPublish: { message: () => true } })
 * roomcast.attach(httpServer)
 */
export function createRoomcast<const T extends Contract, I extends Identity>(
  options: RoomcastOptions<T, I>,
): Roomcast<T, I> {
  const resolved = resolveOptions(options)
  const { contract, clock, random, logger, limits, webSocket, dedupeWindowMs, presenceGraceMs } = resolved
  for (const warning of findShortWindows(resolved)) logger.warn({}, warning)

  const broker = options.broker ?? new MemoryBroker({ clock, random })
  const presence = options.presence ?? new MemoryPresenceStore({ random })
  const hub = new Hub(broker, presence, {
    opened: (room) => tellOfRoom(room, (route) => hooks.opened(route)),
    closed: (room) => tellOfRoom(room, (route) => hooks.closed(route)),
  })
  broker.start(hub)
  presence.start(hub)

  const router = new ChannelRouter(contract)
  const rooms = new RoomFactory({ broker, presence, random, dedupeWindowMs })
  const authorizer = new Authorizer(rooms, logger)
  const registry = new SessionRegistry()
  const { onConnected, onDisconnected } = options
  const hooks = new Hooks({
    authorizer,
    rooms,
    // Hooks are only ever given what `authenticate` has returned.
    clients: { onConnected, onDisconnected } as ClientHooks,
    logger,
  })
  const tellOfRoom = (name: string, tell: (route: Route) => void): void => {
    const route = router.route(name)
    if (route) tell(route)
  }
  const control = options.control ?? new LocalControlBus()
  control.start(new InstanceControl({ registry, hub, router }))
  const services: SessionServices = {
    authenticate: resolved.authenticate,
    acceptVersions: [contract.version, ...resolved.acceptVersions],
    announcement: {
      contractHash: hashContract(contract),
      limits: {
        maxMessageBytes: announced(webSocket.maxMessageBytes),
        maxSubscriptions: announced(limits.maxSubscriptions),
        maxOutstandingCommands: announced(limits.maxOutstandingCommands),
      },
      heartbeatMs: resolved.heartbeatMs,
      dedupeWindowMs,
    },
    broker,
    presence,
    hub,
    router,
    authorizer,
    hooks,
    registry,
    resume: new ResumeStore({ clock, random, ttlMs: dedupeWindowMs, maxClients: 100_000 }),
    limits,
    rates: { users: new RateTable(limits.userCommandRate), rooms: new RateTable(limits.roomPublishRate) },
    presenceGraceMs,
    clock,
    random,
    logger,
  }

  const heartbeat = new Heartbeat({ clock, limits: webSocket })
  const log = new HandshakeLog(logger, clock)
  const { allowedOrigins, allowedHosts, trustedProxies } = resolved
  const deflate = createDeflateEndpoint(resolved.deflate, webSocket, clock)
  const newcomers = new Crowds<WebSocketConnection>()
  const attachments = new Set<OwnAttachment>()
  let hasStarted = false
  /** Whether nobody is accepted any more. */
  let isEnding = false

  const accept = (transport: Transport, request: ConnectionRequest, onOpen?: () => void): void => {
    if (!hasStarted) warnOfRefusals(contract, authorizer, (warning) => logger.warn({}, warning))
    hasStarted = true
    if (isEnding) {
      onOpen?.()
      return transport.close(1012, 'restart')
    }
    new Session(transport, request, services, onOpen)
  }

  /** @throws {TypeError | RangeError} if the parameters do not name a room of this channel. */
  const routeTo = (pattern: string, params: Readonly<Record<string, unknown>>): Route => {
    if (!Object.hasOwn(contract.channels, pattern)) throw unknownChannel(pattern)
    const route = router.route(formatRoomName(pattern, params))
    if (route?.pattern === pattern) return route
    throw new TypeError(`These parameters do not name a room of "${pattern}": ${JSON.stringify(params)}`)
  }

  const close = async (): Promise<void> => {
    isEnding = true
    await Promise.all([...attachments].map((attachment) => attachment.close()))
    for (const session of registry.all()) session.disconnectWith(1012, 'restart')
    heartbeat.stop()
    await Promise.all([broker.close(), presence.close(), control.close()])
  }

  return {
    channel(pattern, handlers) {
      if (!Object.hasOwn(contract.channels, pattern)) {
        throw unknownChannel(pattern)
      }
      checkHandlers(pattern, contract.channels[pattern]!, handlers)
      if (authorizer.handlersOf(pattern))
        throw new TypeError(`The channel "${pattern}" has its handlers already.`)
      authorizer.register(pattern, handlers as unknown as AnyHandlers)
    },
    room: (pattern, params) => rooms.create(routeTo(pattern, params)),
    publish: (pattern, params, event, data, publishOptions) =>
      rooms.publishToAll(
        params.map((each) => routeTo(pattern, each)),
        event,
        data,
        publishOptions,
      ),
    sessions: new SessionDirectory(control),
    rooms: new RoomDirectory(control),
    attach(server, attachOptions) {
      const { path, http2 } = resolveAttachOptions(server, attachOptions, '/realtime')
      const endpoint = new Endpoint({
        upgrade: {
          allowedOrigins,
          allowedHosts,
          trustedProxies,
          deflate,
          // A session is told when its outbox is as full as it may be for a while.
          limits: { ...webSocket, highWaterMarkBytes: limits.maxOutboxBytes },
          clock,
          logger,
          heartbeat,
          log,
        },
        open: accept,
        clock,
        random,
        closeTimeoutMs: webSocket.closeTimeoutMs,
        newcomers,
        maxNewcomersPerAddress: limits.maxUnauthenticatedPerAddress,
      })
      const { upgrade } = endpoint
      const place = openUpgradePlace(server, { path, http2, upgrade, isClosed: () => endpoint.isClosed })
      const attachment: OwnAttachment = {
        turnAway: () => {
          endpoint.turnAway()
          place.turnAway()
        },
        close: async () => {
          attachments.delete(attachment)
          const closed = endpoint.close()
          place.turnAway()
          await closed
          place.endSessions()
          place.detach()
        },
      }
      attachments.add(attachment)
      return attachment
    },
    accept: (transport, request) => accept(transport, request),
    get sessionCount() {
      return registry.size
    },
    async drain(drainOptions = {}) {
      const { windowMs, reconnectWindowMs, deadlineMs } = resolveDrain(drainOptions, webSocket.closeTimeoutMs)
      isEnding = true
      for (const attachment of attachments) attachment.turnAway()
      const leaving = spread(registry.all(), { clock, random, windowMs }, (session) =>
        session.sendAway(reconnectWindowMs),
      )
      const isLate = new Promise<void>((resolve) => {
        const deadline = clock.setTimer(resolve, deadlineMs)
        void registry.whenEmpty().then(() => deadline.cancel())
      })
      await Promise.race([registry.whenEmpty(), isLate])
      leaving.cancel()
      await close()
    },
    close,
  }
}

/** A place on an HTTP server, as the server itself knows it. */
interface OwnAttachment extends Attachment {
  /** Accepts nobody any more. */
  turnAway(): void
}

const unknownChannel = (pattern: string): TypeError =>
  new TypeError(`The contract has no channel "${pattern}".`)

/** A limit as it travels: JSON has no infinity. */
const announced = (limit: number): number => Math.min(limit, Number.MAX_SAFE_INTEGER)

/** The same for every process that runs this contract, whatever the order of its keys. */
function hashContract(contract: Contract): string {
  return createHash('sha256')
    .update(JSON.stringify(describeContract(contract)))
    .digest('base64url')
    .slice(0, 22)
}

/** A channel without handlers refuses everyone, which is safe and puzzling; so it is said once. */
function warnOfRefusals(contract: Contract, authorizer: Authorizer, warn: (message: string) => void): void {
  for (const [pattern, { events = {}, signals = {}, calls = {} }] of Object.entries(contract.channels)) {
    const handlers = authorizer.handlersOf(pattern)
    if (!handlers?.canSubscribe) warn(`"${pattern}" has no canSubscribe, so no client can subscribe to it.`)
    const closed = [...Object.keys(events), ...Object.keys(signals)].filter(
      (name) => !handlers?.canPublish?.[name],
    )
    if (closed.length > 0)
      warn(`"${pattern}" has no canPublish for ${closed.join(', ')}, so no client can send it.`)
    const unanswered = Object.keys(calls).filter((name) => !handlers?.calls?.[name])
    if (unanswered.length > 0) warn(`"${pattern}" has no handler for the calls ${unanswered.join(', ')}.`)
  }
}
