// Orders for the only instance there is.
import { RoomcastError } from '@roomcast/protocol/wire'
import type { AnswerTo, ControlBus, ControlHandler, ControlOrder, ControlReport } from './control-bus.ts'

/** Carries orders out at once. */
export class LocalControlBus implements ControlBus {
  #handler: ControlHandler | undefined

  start(handler: ControlHandler): void {
    this.#handler = handler
  }

  order<Order extends ControlOrder>(order: Order): Promise<ControlReport<AnswerTo<Order>>> {
    if (this.#handler === undefined)
      return Promise.reject(new RoomcastError('unavailable', 'The control bus is closed.'))
    return Promise.resolve({ answers: [this.#handler.carryOut(order)], missing: [] })
  }

  close(): Promise<void> {
    this.#handler = undefined
    return Promise.resolve()
  }
}
