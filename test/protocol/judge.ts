// Judges everything that arrives on one connection, whatever the item is about: forms, answers, the order of streams.
import type {
  Answer,
  Fields,
  PresencePush,
  PresenceResult,
  Publication,
  SubscribeResult,
} from './messages.ts'
import { faultOfMessage, faultOfResult } from './message-shapes.ts'
import { PresenceLedger } from './presence-ledger.ts'
import { StreamLedger } from './stream-ledger.ts'

/** Told of what is sent and what arrives, it says what is wrong. */
export class Judge {
  readonly #streams = new StreamLedger()
  readonly #presence = new PresenceLedger()
  /** The commands that wait for their answer. */
  readonly #waiting = new Map<number, Fields>()

  /** A command was sent that has to be answered. */
  sent(command: Fields): void {
    this.#waiting.set(command.id as number, command)
    if (command.type === 'subscribe') this.#streams.asked(String(command.room))
    if (command.type === 'presenceWatch') this.#presence.asked(String(command.room))
  }

  /** What is wrong with a message, if anything is. */
  received(message: Fields): string | undefined {
    const fault = faultOfMessage(message)
    if (fault !== undefined) return fault
    switch (message.type) {
      case 'reply':
      case 'error':
        return this.#answer(message as unknown as Answer)
      case 'publication':
        return this.#streams.publication(message as unknown as Publication)
      case 'signal':
        return this.#streams.signal(message)
      case 'presence':
        return this.#presence.change(message as unknown as PresencePush)
      case 'unsubscribed':
        this.#streams.ended(String(message.room))
    }
    return undefined
  }

  /** The position that a client would recover from. */
  positionOf(room: string): ReturnType<StreamLedger['positionOf']> {
    return this.#streams.positionOf(room)
  }

  #answer(answer: Answer): string | undefined {
    const command = this.#waiting.get(answer.id)
    if (!command) return `an answer with the id ${answer.id}, which nothing waits for`
    this.#waiting.delete(answer.id)
    const room = String(command.room)
    if (answer.type === 'error') {
      if (command.type === 'subscribe') this.#streams.refused(room)
      if (command.type === 'presenceWatch') this.#presence.refused(room)
      return undefined
    }
    const fault = faultOfResult(String(command.type), answer.result)
    if (fault !== undefined) return fault
    if (command.type === 'subscribe')
      this.#streams.answered(room, answer.result as unknown as SubscribeResult)
    if (command.type === 'unsubscribe') this.#streams.ended(room)
    if (command.type === 'presenceWatch')
      this.#presence.answered(room, answer.result as unknown as PresenceResult)
    if (command.type === 'presenceUnwatch') this.#presence.ended(room)
    return undefined
  }
}
