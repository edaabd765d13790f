// A server's connection and a client's machine at the two ends of a stream, with no socket and a clock that stands.
import { duplexPair, type Duplex } from 'node:stream'
import type { Logger } from '../../logger.ts'
import { FakeClock } from '../fake-clock.ts'
import type { Compression } from '../../websocket/connection/compression.ts'
import { ConnectionContext } from '../../websocket/connection/connection-context.ts'
import { Heartbeat } from '../../websocket/connection/heartbeat.ts'
import type { WebSocketCloseEvent, WebSocketHandlers } from '../../websocket/connection/message-delivery.ts'
import type { ProtocolEvent } from '../../websocket/protocol/protocol-event.ts'
import { WebSocketProtocol } from '../../websocket/protocol/websocket-protocol.ts'
import { WebSocketConnection } from '../../websocket/connection/websocket-connection.ts'
import { DEFAULT_WEBSOCKET_LIMITS, type WebSocketLimits } from '../../websocket/websocket-limits.ts'
import { utf8 } from './hex.ts'

/** The client's end. Its machine answers by itself; it writes when told to. */
export class Peer {
  readonly socket: Duplex
  readonly protocol = new WebSocketProtocol({
    role: 'client',
    limits: { maxMessageBytes: Infinity, maxFragments: Infinity },
    allowsCompression: true,
    generateMask: () => 0x01020304,
  })
  readonly events: ProtocolEvent[] = []
  hasEnded = false

  constructor(socket: Duplex) {
    this.socket = socket
    socket.on('error', () => {})
  }

  /** Begins to read; until then the server's bytes pile up. */
  read(): void {
    this.socket.on('data', (chunk: Buffer) => {
      this.protocol.receive(Uint8Array.from(chunk))
      this.protocol.conclude()
      this.events.push(...this.protocol.takeEvents().filter(({ type }) => type !== 'ending'))
    })
    this.socket.on('end', () => (this.hasEnded = true))
  }

  sendText(...texts: string[]): void {
    for (const text of texts) this.protocol.sendMessage(utf8(text), { isText: true })
    this.flush()
  }

  /** Writes what its machine has to say, in one chunk. */
  flush(): void {
    this.socket.write(Buffer.concat(this.protocol.takeOutput()))
  }

  /** The texts that arrived. */
  get texts(): string[] {
    return this.events.flatMap((event) =>
      event.type === 'message' ? [new TextDecoder().decode(event.data)] : [],
    )
  }
}

/** Handlers that write down what they are told. */
export class Recorder implements WebSocketHandlers {
  readonly messages: (string | Uint8Array)[] = []
  readonly closes: WebSocketCloseEvent[] = []
  drains = 0

  message(data: string | Uint8Array): void {
    this.messages.push(data)
  }

  close(event: WebSocketCloseEvent): void {
    this.closes.push(event)
  }

  drain(): void {
    this.drains++
  }
}

/** An open connection and all that is around it. */
export function openPair(
  limits: Partial<WebSocketLimits> = {},
  compression?: Compression,
  clock: FakeClock = new FakeClock(),
) {
  const [socket, peerSocket] = duplexPair()
  const errors: string[] = []
  const logger: Logger = {
    debug: () => {},
    info: () => {},
    warn: (_, message) => errors.push(message),
    error: (_, message) => errors.push(message),
  }
  const resolved = { ...DEFAULT_WEBSOCKET_LIMITS, ...limits }
  const heartbeat = new Heartbeat({ clock, limits: resolved })
  const context = new ConnectionContext({ limits: resolved, clock, logger, heartbeat })
  const connection = new WebSocketConnection(socket, context, { compression })
  return {
    clock,
    socket,
    connection,
    heartbeat,
    errors,
    peer: new Peer(peerSocket),
    recorder: new Recorder(),
  }
}

/** As `openPair`, with the handlers set and the peer reading. */
export function openTalkingPair(
  limits: Partial<WebSocketLimits> = {},
  compression?: Compression,
  clock?: FakeClock,
) {
  const pair = openPair(limits, compression, clock)
  pair.connection.setHandlers(pair.recorder)
  pair.peer.read()
  return pair
}
