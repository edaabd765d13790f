// What a connection needs of permessage-deflate (RFC 7692); `deflate/` implements it.
import type { WebSocketProtocolError } from '../protocol/protocol-error.ts'

/** Compresses the messages that a connection sends, one after the other. */
export interface Compressor {
  /** The compressed message, at once or later; undefined if it is better sent as it is. Never throws or rejects. */
  deflate(payload: Uint8Array): Uint8Array | undefined | Promise<Uint8Array | undefined>
  /** Whether the result depends on the message alone, so that all connections of this compressor can share it. */
  readonly isStateless: boolean
}

/** Restores the messages that a connection receives, one after the other. */
export interface Decompressor {
  /** The whole message, within limits, at once or later. Never throws or rejects. */
  inflate(
    compressed: Uint8Array,
  ): Uint8Array | WebSocketProtocolError | Promise<Uint8Array | WebSocketProtocolError>
}

/** Compression in both directions, as the handshake agreed on it. */
export interface Compression {
  readonly compressor: Compressor
  readonly decompressor: Decompressor
}
