// What the innermost loop of receiving does, whoever implements it.

/** The most frames that one call finds. */
export const MAX_FRAMES = 256

/** The longest frame that is read, with its header. */
export const MAX_READ_BYTES = 64 * 1024

/**
 * How far one call reads, unless its first frame is longer: enough to spread what a call costs over many frames, and little
 * enough that a peer gains nothing by making each call stop at its second frame.
 */
export const WINDOW_BYTES = 16 * 1024

/** How many words of `FrameKernel.table` describe one frame: where its payload starts, where it ends, flags. */
export const FRAME_WORDS = 3

/** A flag: the frame is a text. */
export const IS_TEXT = 1
/** A flag: all bytes of the payload are ASCII. */
export const IS_ASCII = 2

/** The first byte of a frame that is a whole text. */
export const FINAL_TEXT = 0x81
/** The first byte of a frame that is a whole binary message. */
export const FINAL_BINARY = 0x82
/** What the length bits of a header say if 16 bits with the length follow. */
export const LENGTH_IN_16_BITS = 126

/** Finds whole frames and unmasks them, many at a time. All implementations give the same answers, held by one suite. */
export interface FrameKernel {
  readonly name: 'wasm' | 'typescript'
  /** What the last call of `readFrames` found, `FRAME_WORDS` words for each frame; offsets of its chunk. */
  readonly table: Int32Array
  /** Where in its chunk the last call of `readFrames` stopped. */
  readonly stoppedAt: number
  /**
   * Reads frames from `offset` as long as each is whole in the chunk, final, a text or binary message, not compressed,
   * masked, of minimal length encoding and at most `maxPayloadBytes` long; unmasks their payloads in place. Stops before
   * the first that is not, after `maxFrames`, and at the end of the window; call it again until it reads none. Returns how many
   * it read.
   */
  readFrames(chunk: Uint8Array, offset: number, maxPayloadBytes: number, maxFrames: number): number
  /** XORs `bytes` in place with a key of four bytes as a big-endian number, the first of them with its first. */
  mask(bytes: Uint8Array, key: number): void
}
