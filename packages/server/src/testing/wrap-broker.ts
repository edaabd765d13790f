// A broker with some of its methods replaced, to make it slow or to make it fail.
import type { Broker } from '../broker/broker.ts'

/** Everything that `overrides` lacks is passed on to `broker`. */
export function wrapBroker(broker: Broker, overrides: Partial<Broker>): Broker {
  return {
    start: (handler) => broker.start(handler),
    subscribe: (room) => broker.subscribe(room),
    unsubscribe: (room) => broker.unsubscribe(room),
    publish: (room, draft, options) => broker.publish(room, draft, options),
    signal: (room, signal) => broker.signal(room, signal),
    read: (room, request, retention) => broker.read(room, request, retention),
    close: () => broker.close(),
    ...overrides,
  }
}
