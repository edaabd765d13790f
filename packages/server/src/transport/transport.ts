// The seam between a session and the wire: whole messages in, whole messages out.
import type { Payload, SplicingCodec } from '@roomcast/protocol/wire'

/**
 * One encoded message that any number of transports may send.
 * A transport may keep what it makes of the payload in `prepared`, so that a broadcast is framed once.
 */
export class OutgoingMessage {
  readonly payload: Payload
  /** Whether more than one transport is likely to send it, so that it pays to keep what is made of it. */
  readonly isShared: boolean
  prepared: object | undefined = undefined

  constructor(payload: Payload, isShared = false) {
    this.payload = payload
    this.isShared = isShared
  }
}

/** Receives what happens on a transport. */
export interface TransportHandlers {
  message(payload: Payload): void
  /** Called exactly once, after the last message. */
  close(code: number, reason: string): void
  /** What waits for the peer has passed the transport's high-water mark. Not called again before `drained`. */
  congested?(): void
  /** What waits was above the high-water mark and is at most half of it now. */
  drained?(): void
}

/**
 * A connection as a session sees it.
 *
 * Guarantees: messages arrive whole and in order in both directions; nothing is delivered while paused and nothing is
 * lost by pausing; after `close` nothing more is sent, and no more messages arrive; no method throws because of anything the peer did.
 */
export interface Transport {
  /** The codec that the handshake selected. */
  readonly codec: SplicingCodec
  readonly remoteAddress: string | undefined
  /** Everything queued for the peer and not yet taken by the operating system, in bytes. */
  readonly bufferedBytes: number
  /** How transports like this one are sent to together. @default one after the other */
  readonly grouping?: TransportGrouping | undefined
  /** Begins delivery; what arrived before is delivered first. Called once. */
  start(handlers: TransportHandlers): void
  send(message: OutgoingMessage): void
  pause(): void
  resume(): void
  close(code: number, reason: string): void
}

/** One kind of transport with one codec: transports whose `grouping` is the same object may be in one group. */
export interface TransportGrouping {
  createGroup(): TransportGroup
}

/**
 * Transports that receive the same messages.
 *
 * Guarantees: a member receives exactly what was sent between its `add` and its `delete`, in the order of sending, also
 * among what it is sent by itself. Groups are not ordered among each other. A transport that has closed receives nothing.
 */
export interface TransportGroup {
  readonly size: number
  add(transport: Transport): void
  delete(transport: Transport): void
  send(message: OutgoingMessage): void
}
