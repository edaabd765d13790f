// Publishes and calls on their way: they wait for a connection, and publishes survive the loss of one.
import type { ResultOf, RoomcastError } from '@roomcast/protocol/wire'
import { Alarm, type Clock } from '../clock.ts'
import { clientError, outcomeUnknownError, timeoutError, withUnknownOutcome } from '../errors.ts'
import type { RequestTracker, TrackedRequest, Unnumbered } from './request-tracker.ts'

/** What the queue must know of the session that serves it. */
export interface ServingSession {
  readonly userId: string
  readonly dedupeWindowMs: number
}

interface QueuedCommand extends TrackedRequest {
  /** Gives the command up. */
  error(error: RoomcastError): void
  /** Whether it is on its way on the present connection. */
  isInFlight?: boolean
  /** The user as whom it was written for the first time. */
  firstSentAs?: string
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
  readonly #commands = new Set<QueuedCommand>()
  #session: ServingSession | undefined

  constructor(options: CommandQueueOptions, requests: RequestTracker) {
    this.#options = options
    this.#requests = requests
  }

  /** A session serves: what waits is sent, what can no longer be repeated is given up. */
  ready(session: ServingSession): void {
    this.#session = session
    for (const command of [...this.#commands]) {
      // Receivers know an id by its user: as another user the repetition would be a second publication. A server that
      // has lost its memory takes us for a new client of the same user, and that is the very case to repeat in.
      const isStranger = (command.firstSentAs ?? session.userId) !== session.userId
      if (isStranger) command.error(outcomeUnknownError())
      else this.#requests.send(command)
    }
  }

  /** The client has stopped: nothing will be sent any more. */
  stop(error: RoomcastError): void {
    for (const command of [...this.#commands]) {
      command.error(command.firstSentAs === undefined ? error : withUnknownOutcome(error))
    }
  }

  /**
   * Sends a command as soon as there is a session.
   * @param timeoutMs how long the answer may take, counted from now, connected or not. A command without it must be
   * one that the server recognizes when it comes again: it is sent on each new connection until it is answered.
   */
  async add<Type extends 'publish' | 'call'>(
    command: Unnumbered<Type>,
    timeoutMs?: number,
  ): Promise<ResultOf[Type]> {
    const unsent = [...this.#commands].filter(({ isInFlight }) => !isInFlight)
    if (unsent.length >= this.#options.maxQueuedCommands) {
      throw clientError('queueFull', 'Too many commands wait.', { temporary: true })
    }
    const isRepeatable = timeoutMs === undefined
    const encoded = this.#requests.encode(command)
    return new Promise<ResultOf[Type]>((resolve, reject) => {
      const alarm = new Alarm(this.#options.clock)
      let wasLost = false
      const remove = (): void => {
        alarm.cancel()
        this.#commands.delete(queued)
        this.#requests.forget(queued)
      }
      const queued: QueuedCommand = {
        ...encoded,
        written: () => {
          queued.isInFlight = true
          if (queued.firstSentAs !== undefined) return
          const { userId, dedupeWindowMs } = this.#session!
          queued.firstSentAs = userId
          // No answer is no reason to give up as long as repeating is safe: the connection may be dead, and the
          // heartbeat will find out.
          if (isRepeatable) alarm.set(dedupeWindowMs, () => queued.error(outcomeUnknownError()))
        },
        reply: (result: ResultOf[Type]) => {
          remove()
          resolve(result)
        },
        error: (error) => {
          remove()
          reject(error)
        },
        lost: (wasWritten, final) => {
          // Unless it was written nothing has happened, and `stop` tells if nothing will.
          if (!wasWritten || final) return
          // Whatever was on its way when two connections in a row broke may be what breaks them.
          if (!isRepeatable || wasLost) return queued.error(outcomeUnknownError())
          wasLost = true
          queued.isInFlight = false
        },
      }
      this.#commands.add(queued)
      if (!isRepeatable) {
        alarm.set(timeoutMs, () =>
          queued.error(timeoutError(queued.firstSentAs === undefined ? 'notApplied' : 'unknown')),
        )
      }
      if (this.#requests.isReady) this.#requests.send(queued)
    })
  }
}
