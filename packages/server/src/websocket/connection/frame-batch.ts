// The frames that one group was sent in one turn.
import { NO_BYTES } from '../../util/bytes.ts'

/** Grows until it is handed to the members; from then on it does not change. */
export class FrameBatch {
  readonly frames: Uint8Array[] = []
  #bytes = 0
  #joined: Uint8Array | undefined

  /** How many bytes the frames have. */
  get bytes(): number {
    return this.#bytes
  }

  add(frames: readonly Uint8Array[]): void {
    for (let index = 0; index < frames.length; index++) {
      const frame = frames[index]!
      this.frames.push(frame)
      this.#bytes += frame.length
    }
  }

  /** All frames as one array, which all members share. */
  get joined(): Uint8Array {
    return (this.#joined ??= joinPieces(this.frames, this.#bytes))
  }
}

/** Joins pieces of `bytes` in all; one piece is not copied. */
export function joinPieces(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  if (pieces.length <= 1) return pieces[0] ?? NO_BYTES
  // Overwritten to its last byte.
  const joined = Buffer.allocUnsafe(bytes)
  let offset = 0
  for (const piece of pieces) {
    joined.set(piece, offset)
    offset += piece.length
  }
  return joined
}
