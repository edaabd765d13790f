// The group of transports that have no better way to be sent to together.
import type { OutgoingMessage, Transport, TransportGroup } from './transport.ts'

/** Sends to one after the other. See {@link TransportGroup} for the guarantees. */
export class TransportList implements TransportGroup {
  readonly #members = new Set<Transport>()

  get size(): number {
    return this.#members.size
  }

  add(transport: Transport): void {
    this.#members.add(transport)
  }

  delete(transport: Transport): void {
    this.#members.delete(transport)
  }

  send(message: OutgoingMessage): void {
    for (const transport of this.#members) transport.send(message)
  }
}
