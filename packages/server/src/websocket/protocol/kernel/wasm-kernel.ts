// The kernel in WebAssembly with SIMD. Its source is kernel/frames.ts of the package.
import { FRAME_WORDS, MAX_FRAMES, MAX_READ_BYTES, type FrameKernel } from './frame-kernel.ts'
import { KERNEL_BASE64 } from './kernel-bytes.ts'
import { maskInPlace } from './mask-in-place.ts'
import { readWindowBytes } from './read-window.ts'

/** Where the module has its table and its input, as its source says. */
const TABLE_OFFSET = 0
const INPUT_OFFSET = 4096

/** What is masked at once: it is copied in and out again, and both should stay in the nearest cache. */
const MASK_PIECE_BYTES = 16 * 1024

/** Below this the two copies that masking by the module takes cost more than they save. */
const MASK_FROM_BYTES = 192

/** What the module exports. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly stoppedAt: { readonly value: number }
  readFrames(length: number, maxPayloadBytes: number, maxFrames: number): number
  mask(length: number, key: number): void
}

/** What of the engine's WebAssembly is used; there are engines without any, and hosts that forbid it. */
interface WebAssemblyLike {
  validate(bytes: Uint8Array): boolean
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

/** The kernel, or undefined where the engine has no WebAssembly, no SIMD, or is not allowed to compile. */
export function createWasmKernel(
  engine = (globalThis as { WebAssembly?: WebAssemblyLike }).WebAssembly,
): FrameKernel | undefined {
  try {
    const bytes = Uint8Array.from(atob(KERNEL_BASE64), (character) => character.charCodeAt(0))
    if (engine === undefined || !engine.validate(bytes)) return undefined
    // A module of under a kilobyte is compiled at once, so nobody has to wait for it.
    return new WasmKernel(new engine.Instance(new engine.Module(bytes)).exports as Exports)
  } catch {
    return undefined
  }
}

/**
 * Copies a chunk into the module's memory, lets it work there, and copies back what it changed: the payloads stay where the
 * application expects them, and the copies cost a small part of what the module saves.
 */
class WasmKernel implements FrameKernel {
  readonly name = 'wasm'
  readonly table: Int32Array
  stoppedAt = 0
  readonly #exports: Exports
  readonly #input: Uint8Array

  constructor(exports: Exports) {
    const { buffer } = exports.memory
    this.#exports = exports
    this.table = new Int32Array(buffer, TABLE_OFFSET, MAX_FRAMES * FRAME_WORDS)
    this.#input = new Uint8Array(buffer, INPUT_OFFSET, MAX_READ_BYTES)
  }

  readFrames(chunk: Uint8Array, offset: number, maxPayloadBytes: number, maxFrames: number): number {
    this.stoppedAt = offset
    const length = readWindowBytes(chunk, offset)
    if (length === 0) return 0
    this.#input.set(length === chunk.length ? chunk : chunk.subarray(offset, offset + length))
    const exports = this.#exports
    const count = exports.readFrames(
      length,
      Math.min(maxPayloadBytes, MAX_READ_BYTES),
      Math.min(maxFrames, MAX_FRAMES),
    )
    if (count === 0) return 0
    const readBytes = exports.stoppedAt.value
    this.stoppedAt = offset + readBytes
    chunk.set(this.#input.subarray(0, readBytes), offset)
    if (offset > 0) this.#shiftTable(count, offset)
    return count
  }

  mask(bytes: Uint8Array, key: number): void {
    if (bytes.length < MASK_FROM_BYTES) return maskInPlace(bytes, key)
    for (let start = 0; start < bytes.length; start += MASK_PIECE_BYTES) {
      const piece = bytes.subarray(start, start + MASK_PIECE_BYTES)
      this.#input.set(piece)
      this.#exports.mask(piece.length, key)
      piece.set(this.#input.subarray(0, piece.length))
    }
  }

  /** The module knows offsets of its input only. */
  #shiftTable(count: number, offset: number): void {
    for (let index = 0; index < count; index++) {
      this.table[index * FRAME_WORDS]! += offset
      this.table[index * FRAME_WORDS + 1]! += offset
    }
  }
}
