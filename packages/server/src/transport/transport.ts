// The seam between a session and the wire: whole messages in, whole messages out.
import type { Payload, SplicingCodec } from '@roomcast/protocol/wire'

/**
 * One encoded message that any number of transports may send.
 * A transport may keep what it makes of the payload in `prepared`, so that a broadcast is framed once.
 */
export class OutgoingMessage {
  readonly payload: Payload
  prepared: object | undefined = undefined

  constructor(payload: Payload) {
    this.payload = payload
  }
}

/** Receives what happens on a transport. */
export interface TransportHandlers {
  message(payload: Payload): void
  /** Called exactly once, after the last message. */
  close(code: number, reason: string): void
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
  /** Begins delivery; what arrived before is delivered first. Called once. */
  start(handlers: TransportHandlers): void
  send(message: OutgoingMessage): void
  pause(): void
  resume(): void
  close(code: number, reason: string): void
}
