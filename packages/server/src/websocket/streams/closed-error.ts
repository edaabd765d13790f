// The end of a connection as an error, for those who wait for more.
import type { WebSocketCloseEvent } from '../connection/message-delivery.ts'

/** The connection ended while more was expected of it. */
export class WebSocketClosedError extends Error {
  override readonly name = 'WebSocketClosedError'
  readonly code = 'WS_CLOSED'
  /** The close code, as in the close event. */
  readonly closeCode: number
  readonly reason: string

  constructor({ code, reason }: Pick<WebSocketCloseEvent, 'code' | 'reason'>) {
    super(`the connection was closed with ${code}${reason === '' ? '' : ` (${reason})`}`)
    this.closeCode = code
    this.reason = reason
  }
}
