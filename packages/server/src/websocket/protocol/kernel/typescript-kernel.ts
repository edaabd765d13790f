// The kernel for engines without WebAssembly or its SIMD.
import { isAscii } from '../utf8-validator.ts'
import {
  FINAL_BINARY,
  FINAL_TEXT,
  FRAME_WORDS,
  IS_ASCII,
  IS_TEXT,
  LENGTH_IN_16_BITS,
  MAX_FRAMES,
  type FrameKernel,
} from './frame-kernel.ts'
import { maskInPlace } from './mask-in-place.ts'
import { readWindowBytes } from './read-window.ts'

const MASK_BIT = 0x80

export class TypeScriptKernel implements FrameKernel {
  readonly name = 'typescript'
  readonly table = new Int32Array(MAX_FRAMES * FRAME_WORDS)
  stoppedAt = 0

  readFrames(chunk: Uint8Array, offset: number, maxPayloadBytes: number, maxFrames: number): number {
    const end = offset + readWindowBytes(chunk, offset)
    const maxCount = Math.min(maxFrames, MAX_FRAMES)
    this.stoppedAt = offset
    let count = 0
    while (count < maxCount && this.#readFrame(chunk, end, maxPayloadBytes, count)) count++
    return count
  }

  mask(bytes: Uint8Array, key: number): void {
    maskInPlace(bytes, key)
  }

  #readFrame(chunk: Uint8Array, end: number, maxPayloadBytes: number, index: number): boolean {
    const at = this.stoppedAt
    const first = chunk[at]
    const second = chunk[at + 1]!
    if ((first !== FINAL_TEXT && first !== FINAL_BINARY) || (second & MASK_BIT) === 0) return false
    let payloadBytes = second & 0x7f
    let start = at + 6
    if (payloadBytes >= LENGTH_IN_16_BITS) {
      // A length in 64 bits is one that cannot be whole in what is read at once.
      if (payloadBytes > LENGTH_IN_16_BITS || at + 8 > end) return false
      payloadBytes = (chunk[at + 2]! << 8) | chunk[at + 3]!
      if (payloadBytes < LENGTH_IN_16_BITS) return false
      start = at + 8
    }
    if (payloadBytes > maxPayloadBytes || start + payloadBytes > end) return false
    const payload = chunk.subarray(start, start + payloadBytes)
    maskInPlace(payload, keyAt(chunk, start - 4))
    const entry = index * FRAME_WORDS
    this.table[entry] = start
    this.table[entry + 1] = start + payloadBytes
    this.table[entry + 2] = (first === FINAL_TEXT ? IS_TEXT : 0) | (isAscii(payload) ? IS_ASCII : 0)
    this.stoppedAt = start + payloadBytes
    return true
  }
}

function keyAt(chunk: Uint8Array, offset: number): number {
  return (chunk[offset]! << 24) | (chunk[offset + 1]! << 16) | (chunk[offset + 2]! << 8) | chunk[offset + 3]!
}
