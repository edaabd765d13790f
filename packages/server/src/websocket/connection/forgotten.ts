// Connections whose messages nobody will ever take.
import type { Logger } from '../../logger.ts'

const warned = new WeakSet<Logger>()

/** Says once that a connection has no handlers: silence would leave one searching on the wire. */
export function warnOfForgotten(logger: Logger): void {
  if (warned.has(logger)) return
  warned.add(logger)
  logger.warn(
    {},
    'a websocket has no handlers and its messages wait: call setHandlers, or read it with messagesOf or toStreams',
  )
}
