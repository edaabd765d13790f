// The frames that one group was sent in one turn.
/** Grows until it is handed to the members; from then on it does not change. */
export class FrameBatch {
  readonly frames: Uint8Array[] = []
  #bytes = 0
  #joined: Uint8Array | undefined

  /** How many bytes the frames have. */
  get bytes(): number {
    return this.#bytes
  }

  /** How many bytes the frames from an index on have. */
  bytesFrom(index: number): number {
    let bytes = this.#bytes
    for (let before = 0; before < index; before++) bytes -= this.frames[before]!.length
    return bytes
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
function joinPieces(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  if (pieces.length === 1) return pieces[0]!
  // Overwritten to its last byte.
  const joined = Buffer.allocUnsafe(bytes)
  copyPieces(pieces, joined, 0)
  return joined
}

/** Copies pieces one behind the other into `target`. */
export function copyPieces(pieces: readonly Uint8Array[], target: Uint8Array, offset: number): void {
  let end = offset
  for (const piece of pieces) {
    target.set(piece, end)
    end += piece.length
  }
}
