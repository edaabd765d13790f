// STAND-IN of the core's author until the kernel's helper puts the real one here: replace the whole file.
import { applyMask } from '../mask.ts'
export const FRAME_WORDS = 3
export const IS_TEXT = 1
export const IS_ASCII = 2
export const MAX_FRAMES = 256
export const kernel = {
  name: 'typescript' as 'wasm' | 'typescript',
  table: new Uint32Array(MAX_FRAMES * FRAME_WORDS),
  stoppedAt: 0,
  readFrames(chunk: Uint8Array, offset: number, maxPayloadBytes: number, maxFrames: number): number {
    let count = 0
    let at = offset
    const max = Math.min(maxFrames, MAX_FRAMES)
    while (count < max && at + 6 <= chunk.length) {
      const first = chunk[at]!
      const second = chunk[at + 1]!
      if (first !== 0x81 && first !== 0x82) break
      if (second < 0x80) break
      let length = second & 0x7f
      let start = at + 6
      if (length === 126) {
        length = (chunk[at + 2]! << 8) | chunk[at + 3]!
        if (length < 126) break
        start = at + 8
      } else if (length === 127) break
      if (length > maxPayloadBytes || start + length > chunk.length) break
      const k = start - 4
      const key = ((chunk[k]! << 24) | (chunk[k + 1]! << 16) | (chunk[k + 2]! << 8) | chunk[k + 3]!) >>> 0
      applyMask(chunk.subarray(start, start + length), key)
      let ascii = IS_ASCII
      for (let i = start; i < start + length; i++) if (chunk[i]! > 127) { ascii = 0; break }
      this.table[count * FRAME_WORDS] = start
      this.table[count * FRAME_WORDS + 1] = start + length
      this.table[count * FRAME_WORDS + 2] = (first === 0x81 ? IS_TEXT : 0) | ascii
      count++
      at = start + length
    }
    this.stoppedAt = at
    return count
  },
}
