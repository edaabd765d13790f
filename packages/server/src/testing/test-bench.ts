// A whole server in one process for an application's own tests: real sessions, rooms, history and presence; no sockets, and
// time that moves only when a test says so.
import type { Contract } from '@roomcast/protocol'
import type { RoomcastOptions } from '../options.ts'
import type { Identity } from '../routing/handlers.ts'
import type { Roomcast } from '../roomcast.ts'
import { createRoomcast } from '../server.ts'
import { DEFAULT_SESSION_LIMITS } from '../session/session-limits.ts'
import { FakeClock } from './fake-clock.ts'
import { RecordingLogger } from './recording-logger.ts'
import { SeededRandom } from './seeded-random.ts'
import { TestNetwork, type TestNetworkHost, type TestRequest } from './test-network.ts'

/** Options of {@link createTestBench}: those of the server but for time, randomness and logging, which are the bench's. */
export interface TestBenchOptions<T extends Contract, I extends Identity> extends Omit<
  RoomcastOptions<T, I>,
  'clock' | 'random' | 'logger'
> {
  /** The time at which the clock stands at first, in epoch milliseconds. @default the beginning of 2026 */
  readonly startAt?: number
  /** Equal seeds give equal ids and equal waits. @default 1 */
  readonly seed?: number
}

/** A server, its clients' networks, and their common time. */
export interface TestBench<T extends Contract = Contract, I extends Identity = Identity> {
  /** The server, as `createRoomcast` makes it. */
  readonly roomcast: Roomcast<T, I>
  /** The time of the server and of all clients. For code under test that takes a clock; to move it use `advance`. */
  readonly clock: FakeClock
  /** What the server logged; `logger.messages('error')` is empty if nothing went wrong inside. */
  readonly logger: RecordingLogger
  /** The way of one client to the server. Clients that lose their connections together share one. */
  network(request?: TestRequest): TestNetwork
  /** Lets everything that is under way come to its end, without moving time: for what a test cannot await. */
  settle(): Promise<void>
  /** Moves time by so many milliseconds; what falls due happens at its own time, and has its effect before the next. */
  advance(ms: number): Promise<void>
  /** Closes the server, as a deployment does: clients see 1012 and try again. */
  close(): Promise<void>
}

const START_AT = Date.UTC(2026, 0, 1)

/**
 * Makes a bench.
 *
 * @throws {TypeError} if an option makes no sense.
 * @example
 * const bench = createTestBench({ contract, authenticate: ({ token }) => (token ? { userId: token } : null) })
 * addChannels(bench.roomcast) // what your server does with its own
 * const ada = createClient<AppContract>({ ...bench.network().client, token: 'ada' })
 * await ada.room('chat:{roomId}', { roomId: '42' }).subscribe()
 */
export function createTestBench<const T extends Contract, I extends Identity>(
  options: TestBenchOptions<T, I>,
): TestBench<T, I> {
  const { startAt = START_AT, seed = 1, ...serverOptions } = options
  const clock = new FakeClock(startAt)
  const random = new SeededRandom(seed)
  const logger = new RecordingLogger()
  // The rest of a generic type is not seen to be what it is; only optional options were taken out or put in.
  const resolved = { ...serverOptions, clock, random, logger } as unknown as RoomcastOptions<T, I>
  const roomcast = createRoomcast<T, I>(resolved)
  const host: TestNetworkHost = {
    clock,
    random,
    accept: (transport, request) => roomcast.accept(transport, request),
    highWaterMarkBytes: options.limits?.maxOutboxBytes ?? DEFAULT_SESSION_LIMITS.maxOutboxBytes,
  }
  return {
    roomcast,
    clock,
    logger,
    network: (request = {}) => new TestNetwork(host, request),
    settle: () => clock.settle(),
    advance: (ms) => clock.advanceAsync(ms),
    close: async () => {
      await roomcast.close()
      await clock.settle()
    },
  }
}
