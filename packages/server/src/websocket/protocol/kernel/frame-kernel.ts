// What the innermost loop of receiving does, whoever implements it.

/** The most frames that one call finds. */
export const MAX_FRAMES = 256

/** How many words of `FrameKernel.table` describe one frame: where its payload starts, where it ends, flags. */
export const FRAME_WORDS = 3

/** A flag: the frame is a text. */
export const IS_TEXT = 1
/** A flag: all bytes of the payload are ASCII. */
export const IS_ASCII = 2

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
   * the first that is not, after `maxFrames`, and within 64 KiB. Returns how many it read.
   */
  readFrames(chunk: Uint8Array, offset: number, maxPayloadBytes: number, maxFrames: number): number
  /** XORs `bytes` in place with a key of four bytes as a big-endian number, the first of them with its first. */
  mask(bytes: Uint8Array, key: number): void
}
