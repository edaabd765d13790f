// The sessions of all instances, for the application's own code.
import { CLOSE_CODES } from '@roomcast/protocol/wire'
import { checkNames, describeValue } from '../util/check-names.ts'
import type { ControlBus, ControlReport, SessionFilter, SessionSummary } from './control-bus.ts'
import { limitOf, merge, type Listed, type ListOptions } from './listed.ts'

/** How sessions are ended. */
export interface DisconnectOptions {
  /**
   * A close code of the application's: from 4250 to 4499 the client connects again, from 4750 to 4999 it does not.
   * @default 4506 (`disconnected`), after which it does not
   */
  readonly code?: number
  /** At most 123 bytes. @default 'disconnected' */
  readonly reason?: string
}

/** How many sessions it concerned. */
export interface Affected {
  readonly sessions: number
  /** Instances that did not answer in time, where it may or may not have been done. */
  readonly missing: readonly string[]
}

/**
 * Finds sessions wherever they are, and ends them or their subscriptions.
 *
 * @example
 * await roomcast.sessions.disconnect({ userId: 'ada' })
 */
export class SessionDirectory {
  readonly #bus: ControlBus

  constructor(bus: ControlBus) {
    this.#bus = bus
  }

  /** The sessions that fit; without conditions all. @throws {RoomcastError} `unavailable` if nobody can be asked. */
  async list(filter: SessionFilter = {}, options: ListOptions = {}): Promise<Listed<SessionSummary>> {
    const limit = limitOf(options)
    return merge(await this.#bus.order({ kind: 'listSessions', filter: checkFilter(filter), limit }), limit)
  }

  /** How many sessions fit; without conditions all. @throws {RoomcastError} `unavailable` if nobody can be asked. */
  async count(filter: SessionFilter = {}): Promise<number> {
    const { answers } = await this.#bus.order({ kind: 'listSessions', filter: checkFilter(filter), limit: 0 })
    return answers.reduce((sum, { total }) => sum + total, 0)
  }

  /**
   * Ends connections.
   *
   * @throws {TypeError} if the filter has no condition: to send everybody away there are `drain` and `close`.
   * @throws {RangeError} if the code is not one of the application's, or the reason is too long.
   * @throws {RoomcastError} `unavailable` if nobody could be told.
   */
  async disconnect(filter: SessionFilter, options: DisconnectOptions = {}): Promise<Affected> {
    const { code = CLOSE_CODES.disconnected, reason = 'disconnected' } = options
    assertClosing(code, reason)
    return affected(
      await this.#bus.order({ kind: 'disconnect', filter: requireCondition(filter), code, reason }),
    )
  }

  /**
   * Ends subscriptions to a room; the clients are told and do not subscribe again by themselves.
   *
   * @param room The name of a room, as `roomcast.room(…).name` has it.
   * @throws {TypeError} if the filter has no condition.
   * @throws {RoomcastError} `unavailable` if nobody could be told.
   */
  async unsubscribe(filter: SessionFilter, room: string): Promise<Affected> {
    return affected(await this.#bus.order({ kind: 'unsubscribe', filter: requireCondition(filter), room }))
  }
}

const CONDITIONS: readonly (keyof SessionFilter)[] = ['sessionId', 'clientId', 'userId', 'room']

/** What is misspelt would be no condition, and hold for everybody. */
function checkFilter(filter: SessionFilter): SessionFilter {
  checkNames('A filter of sessions', filter, CONDITIONS)
  return filter
}

function requireCondition(filter: SessionFilter): SessionFilter {
  const isLimited = CONDITIONS.some((name) => checkFilter(filter)[name] !== undefined)
  if (isLimited) return filter
  throw new TypeError(
    `This needs at least one of ${CONDITIONS.join(', ')}; without it would concern everybody.`,
  )
}

const MAX_REASON_BYTES = 123

function assertClosing(code: number, reason: string): void {
  const isOurs = code === CLOSE_CODES.disconnected
  const isTheirs =
    Number.isInteger(code) && ((code >= 4250 && code <= 4499) || (code >= 4750 && code <= 4999))
  if (!isOurs && !isTheirs)
    throw new RangeError(`A close code is 4250 to 4499 or 4750 to 4999, not ${describeValue(code)}.`)
  if (new TextEncoder().encode(reason).length > MAX_REASON_BYTES)
    throw new RangeError(`A reason has at most ${MAX_REASON_BYTES} bytes.`)
}

const affected = ({ answers, missing }: ControlReport<number>): Affected => ({
  sessions: answers.reduce((sum, count) => sum + count, 0),
  missing,
})
