// What the protocol machine reports, as data.
import type { WebSocketProtocolError } from './protocol-error.ts'

/**
 * A complete message. `data` may be a view of the chunk that it arrived in. If it is not compressed, that of a text is
 * valid UTF-8; else it is what RFC 7692 §7.2.1 makes of the message, and nothing is known of what is inside.
 */
export interface MessageEvent {
  readonly type: 'message'
  readonly isText: boolean
  readonly isCompressed: boolean
  readonly data: Uint8Array
}

/** A ping, which the machine answers by itself, or a pong. */
export interface ControlEvent {
  readonly type: 'ping' | 'pong'
  readonly data: Uint8Array
}

/**
 * The peer's last word: it sent a Close frame or broke the protocol, and whatever follows is not read. The messages
 * before it may still be answered; `conclude` then answers this.
 */
export interface EndingEvent {
  readonly type: 'ending'
  /** What the peer did wrong, unless it sent a Close frame. */
  readonly error: WebSocketProtocolError | undefined
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

export type ProtocolEvent = MessageEvent | ControlEvent | EndingEvent | ClosedEvent
