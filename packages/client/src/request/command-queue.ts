// Publishes and calls on their way: they wait for a connection, and publishes survive the loss of one.
import type { CallResult, PublishResult, RoomcastError } from '@roomcast/protocol/wire'
import { Alarm, type Clock } from '../clock.ts'
import { clientError, outcomeUnknownError, timeoutError, withUnknownOutcome } from '../errors.ts'
import type { Encoded, RequestTracker, Unnumbered } from './request-tracker.ts'

/** What the queue must know of the session that serves it. */
export interface ServingSession {
  readonly userId: string
  readonly dedupeWindowMs: number
}

interface Waiting extends Encoded {
  /** A publish carries an id of its own, so that the server recognizes it when it comes again. */
  readonly isRepeatable: boolean
  resolve(result: unknown): void
  reject(error: RoomcastError): void
  /** A call's deadline, or the end of the time in which a publish may be repeated, counted from its first sending. */
  readonly alarm: Alarm
  /** Whether it is on its way on the present connection. */
  isInFlight?: boolean
  /** As whom it was written for the first time. */
  firstSent?: { readonly userId: string }
  wasLost?: boolean
}

/** The options that the queue needs. */
export interface CommandQueueOptions {
  readonly clock: Clock
  readonly maxQueuedCommands: number
}

/**
 * Keeps commands in the order in which they were given, which is the order in which they are written, on every
 * connection anew. So a publish whose outcome is unknown is repeated before any later one is sent.
 */
export class CommandQueue {
  readonly #options: CommandQueueOptions
  readonly #requests: RequestTracker
  readonly #commands = new Map<number, Waiting>()
  #session: ServingSession | undefined

  constructor(options: CommandQueueOptions, requests: RequestTracker) {
    this.#options = options
    this.#requests = requests
  }

  /** Publishes once, however often it must be sent. */
  publish(command: Unnumbered<'publish'>): Promise<PublishResult> {
    return this.#add(command) as Promise<PublishResult>
  }

  /** Asks once. The time for the answer counts from now, connected or not. */
  call(command: Unnumbered<'call'>, timeoutMs: number): Promise<CallResult> {
    return this.#add(command, timeoutMs) as Promise<CallResult>
  }

  /** A session serves: what waits is sent, what can no longer be repeated is given up. */
  ready(session: ServingSession): void {
    this.#session = session
    for (const command of [...this.#commands.values()]) {
      // Receivers know an id by its user: as another user the repetition would be a second publication. A server that
      // has lost its memory takes us for a new client of the same user, and that is the very case to repeat in.
      const isStranger = command.firstSent && command.firstSent.userId !== session.userId
      if (isStranger) this.#fail(command, outcomeUnknownError())
      else this.#send(command)
    }
  }

  /** The client has stopped: nothing will be sent any more. */
  stop(error: RoomcastError): void {
    for (const command of [...this.#commands.values()]) {
      this.#fail(command, command.firstSent ? withUnknownOutcome(error) : error)
    }
  }

  async #add(command: Unnumbered<'publish' | 'call'>, timeoutMs?: number): Promise<unknown> {
    const unsent = [...this.#commands.values()].filter(({ isInFlight }) => !isInFlight)
    if (unsent.length >= this.#options.maxQueuedCommands) {
      throw clientError('queueFull', 'Too many commands wait.', { temporary: true })
    }
    const encoded = this.#requests.encode(command)
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        ...encoded,
        isRepeatable: timeoutMs === undefined,
        resolve,
        reject,
        alarm: new Alarm(this.#options.clock),
      }
      this.#commands.set(waiting.id, waiting)
      if (timeoutMs !== undefined) {
        this.#failAfter(waiting, timeoutMs, () => timeoutError(waiting.firstSent ? 'unknown' : 'notApplied'))
      }
      if (this.#requests.isReady) this.#send(waiting)
    })
  }

  #send(command: Waiting): void {
    this.#requests.send(command, {
      written: () => {
        command.isInFlight = true
        if (command.firstSent) return
        const { userId, dedupeWindowMs } = this.#session!
        command.firstSent = { userId }
        // No answer is no reason to give up as long as repeating is safe: the connection may be dead, and the
        // heartbeat will find out.
        if (command.isRepeatable) this.#failAfter(command, dedupeWindowMs, outcomeUnknownError)
      },
      reply: (result: unknown) => {
        this.#remove(command)
        command.resolve(result)
      },
      error: (error) => this.#fail(command, error),
      lost: (wasWritten, final) => {
        // Unless it was written nothing has happened, and `stop` tells if nothing will.
        if (wasWritten && !final) this.#lost(command)
      },
    })
  }

  /** The connection was lost while the answer was awaited. */
  #lost(command: Waiting): void {
    // Whatever was on its way when two connections in a row broke may be what breaks them.
    if (!command.isRepeatable || command.wasLost) return this.#fail(command, outcomeUnknownError())
    command.wasLost = true
    command.isInFlight = false
  }

  #failAfter(command: Waiting, delayMs: number, error: () => RoomcastError): void {
    command.alarm.set(delayMs, () => this.#fail(command, error()))
  }

  #fail(command: Waiting, error: RoomcastError): void {
    this.#remove(command)
    command.reject(error)
  }

  #remove(command: Waiting): void {
    command.alarm.cancel()
    this.#commands.delete(command.id)
    this.#requests.forget(command.id)
  }
}
