// Server connections over streams that lead nowhere, on a clock that stands: no sockets, no system calls.
import { Duplex } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { FakeClock } from '../../packages/server/src/testing/fake-clock.ts'
import type { ConnectionContext } from '../../packages/server/src/websocket/connection/connection-context.ts'
import { Heartbeat } from '../../packages/server/src/websocket/connection/heartbeat.ts'
import { WebSocketConnection } from '../../packages/server/src/websocket/connection/websocket-connection.ts'
import { DEFAULT_WEBSOCKET_LIMITS } from '../../packages/server/src/websocket/websocket-limits.ts'

const UNLIMITED = { perSecond: Infinity, burst: Infinity }
/** Time stands, so rates would be used up for ever. */
const limits = { ...DEFAULT_WEBSOCKET_LIMITS, messageRate: UNLIMITED, byteRate: UNLIMITED }
const logger = { debug() {}, info() {}, warn: console.error, error: console.error }

/** Drops what is written to it at once, as a socket with room does, and counts it. */
class Sink extends Duplex {
  readonly #written: { bytes: number }

  constructor(written: { bytes: number }) {
    super()
    this.#written = written
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.#written.bytes += chunk.length
    done()
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: () => void): void {
    for (const { chunk } of chunks) this.#written.bytes += chunk.length
    done()
  }
}

/** Connections that share a clock, as those of one server do. */
export class Crowd {
  readonly clock = new FakeClock()
  /** What the connections write to and read from. */
  readonly streams: Duplex[] = []
  readonly connections: WebSocketConnection[] = []

  readonly #written = { bytes: 0 }

  private constructor() {}

  /** Opens so many. */
  static async open(count: number): Promise<Crowd> {
    const crowd = new Crowd()
    const heartbeat = new Heartbeat({ clock: crowd.clock, limits })
    const context = await contextOf({ limits, clock: crowd.clock, logger, heartbeat })
    for (let index = 0; index < count; index++) {
      const stream = new Sink(crowd.#written)
      crowd.streams.push(stream)
      crowd.connections.push(new WebSocketConnection(stream, context))
    }
    await crowd.endTurn()
    return crowd
  }

  /** Has what was sent in this turn written, and lets the streams know that it was. */
  async endTurn(): Promise<void> {
    this.clock.flush()
    await nextTurn()
  }

  /** What all connections have written so far. */
  get writtenBytes(): number {
    return this.#written.bytes
  }

  /**
   * @param payloadBytes What each connection should have written since `before`, without what frames it.
   * @throws {Error} if it was less.
   */
  expectWritten(before: number, payloadBytes: number): void {
    const written = this.writtenBytes - before
    const wanted = payloadBytes * this.connections.length
    if (written < wanted) throw new Error(`${written} bytes were written instead of ${wanted} or more.`)
  }
}

type Shared = ConstructorParameters<typeof ConnectionContext>[0]

/** Before there were contexts, connections took the same fields one by one. */
async function contextOf(shared: Shared): Promise<ConnectionContext> {
  const module = await import('../../packages/server/src/websocket/connection/connection-context.ts').catch(
    () => undefined,
  )
  if (module !== undefined) return new module.ConnectionContext(shared)
  return { ...shared, subprotocol: '' } as unknown as ConnectionContext
}
