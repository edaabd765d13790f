// The frames that wait to be written. They leave in order and whole, but may leave in slices.

import type { ByteArena } from '../../util/byte-arena.ts'
import { NO_BYTES } from '../../util/bytes.ts'

/**
 * How many control frames wait in the fast lane. Of more pings only the latest need an answer (RFC 6455 §5.5.3), so a
 * flood of them costs a peer's bandwidth and not our memory.
 */
const MAX_URGENT = 16

/** So many frames leave before the places that they had are given back. */
const COMPACT_AFTER = 1024

/** What an idle queue has, which is most of them: no array of its own. Never written to. */
const NOTHING: Uint8Array[] = []

/** A queue of frames with one fast lane. */
export class OutputQueue {
  #frames = NOTHING
  /** The frames before this index were taken. */
  #head = 0
  /** How much of the frame at the head was taken. */
  #headBytes = 0
  #bytes = 0
  #urgent = NOTHING
  /** The frames at the end that lie in the arena side by side and are not in `#frames` yet. */
  #tail = NO_BYTES
  #tailStart = 0
  #tailEnd = 0

  /** How many bytes wait. */
  get bytes(): number {
    return this.#bytes
  }

  /** Appends the bytes of one or more whole frames, which must not change afterwards. */
  push(frames: Uint8Array): void {
    if (this.#tailEnd > this.#tailStart) this.#closeTail()
    this.#append(frames)
    this.#bytes += frames.length
  }

  /** Appends one small frame, which the caller writes into `arena.bytes` at the offset that is returned. */
  reserve(arena: ByteArena, frameBytes: number): number {
    const offset = arena.allocate(frameBytes)
    if (this.#tail !== arena.bytes || this.#tailEnd !== offset) {
      if (this.#tailEnd > this.#tailStart) this.#closeTail()
      this.#tail = arena.bytes
      this.#tailStart = offset
    }
    this.#tailEnd = offset + frameBytes
    this.#bytes += frameBytes
    return offset
  }

  /** Puts a control frame before all data that waits, at the next frame boundary; of too many the oldest is dropped. */
  pushUrgent(frame: Uint8Array): void {
    if (this.#urgent === NOTHING) this.#urgent = []
    this.#bytes += frame.length
    this.#urgent.push(frame)
    if (this.#urgent.length > MAX_URGENT) this.#bytes -= this.#urgent.shift()!.length
  }

  /** Takes at most `maxBytes` from the front; frames are cut, never copied. */
  take(maxBytes: number): Uint8Array[] {
    if (this.#tailEnd > this.#tailStart) this.#closeTail()
    const taken: Uint8Array[] = []
    let room = maxBytes
    while (room > 0 && this.#bytes > 0 && !this.#wouldCut(room, maxBytes)) {
      const piece = this.#takePiece(room)
      taken.push(piece)
      room -= piece.length
      this.#bytes -= piece.length
    }
    return taken
  }

  /** Drops all frames of which nothing was taken. */
  clear(): void {
    this.#forgetTail()
    const begun = this.#headBytes > 0 ? this.#frames[this.#head] : undefined
    this.#frames = begun === undefined ? NOTHING : [begun]
    this.#head = 0
    this.#bytes = begun === undefined ? 0 : begun.length - this.#headBytes
    this.#urgent = NOTHING
  }

  /** Whether the next frame does not fit, and enough has been taken not to begin it. */
  #wouldCut(room: number, maxBytes: number): boolean {
    if (room > maxBytes / 2 || this.#urgent.length > 0 || this.#headBytes > 0) return false
    return this.#frames[this.#head]!.length > room
  }

  #append(frames: Uint8Array): void {
    if (this.#frames === NOTHING) this.#frames = []
    this.#frames.push(frames)
  }

  #closeTail(): void {
    this.#append(this.#tail.subarray(this.#tailStart, this.#tailEnd))
    this.#forgetTail()
  }

  #forgetTail(): void {
    this.#tail = NO_BYTES
    this.#tailStart = this.#tailEnd = 0
  }

  #takePiece(maxBytes: number): Uint8Array {
    if (this.#urgent.length > 0 && this.#headBytes === 0) return this.#takeUrgent()
    const frame = this.#frames[this.#head]!
    const from = this.#headBytes
    const to = Math.min(frame.length, from + maxBytes)
    if (to < frame.length) this.#headBytes = to
    else this.#dropHead()
    return from === 0 && to === frame.length ? frame : frame.subarray(from, to)
  }

  #takeUrgent(): Uint8Array {
    const frame = this.#urgent.shift()!
    if (this.#urgent.length === 0) this.#urgent = NOTHING
    return frame
  }

  /** Lets go of a frame as soon as it has left: a sender that keeps pace may never let the queue run empty. */
  #dropHead(): void {
    this.#frames[this.#head++] = NO_BYTES
    this.#headBytes = 0
    if (this.#head === this.#frames.length) {
      this.#frames = NOTHING
      this.#head = 0
    } else if (this.#head >= COMPACT_AFTER && this.#head * 2 >= this.#frames.length) {
      this.#frames.splice(0, this.#head)
      this.#head = 0
    }
  }
}
