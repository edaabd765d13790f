// What the protocol machine reports, as data.

/** A complete message. `data` of a text is valid UTF-8. It may be a view of the chunk that it arrived in. */
export interface MessageEvent {
  readonly type: 'message'
  readonly isText: boolean
  readonly data: Uint8Array
}

/** A ping, which the machine answers by itself, or a pong. */
export interface ControlEvent {
  readonly type: 'ping' | 'pong'
  readonly data: Uint8Array
}

/**
 * The end: comes exactly once and last. `code` is the peer's code in a clean closing handshake (1005 if it gave
 * none), the code that the connection was failed with, or 1006 if it ended without either.
 */
export interface ClosedEvent {
  readonly type: 'closed'
  readonly code: number
  readonly reason: string
  /** Whether both sides sent a Close frame and neither broke the protocol. */
  readonly wasClean: boolean
}

export type ProtocolEvent = MessageEvent | ControlEvent | ClosedEvent
