import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  FRAME_WORDS,
  IS_ASCII,
  IS_TEXT,
  MAX_FRAMES,
  MAX_READ_BYTES,
  WINDOW_BYTES,
  type FrameKernel,
} from './frame-kernel.ts'
import { TypeScriptKernel } from './typescript-kernel.ts'
import { createWasmKernel } from './wasm-kernel.ts'

/** A frame as it is meant to be, and as it may be spoilt. */
interface FrameSpec {
  readonly first?: number
  readonly isMasked?: boolean
  /** How the length is written. @default minimal */
  readonly form?: 7 | 16 | 64
  readonly payload: Uint8Array
}

const KEY = Uint8Array.of(0x9a, 0x01, 0xff, 0x40)

function encode({ first = 0x82, isMasked = true, form, payload }: FrameSpec): Buffer {
  const { length } = payload
  const chosen = form ?? (length < 126 ? 7 : length < 65_536 ? 16 : 64)
  const header = Buffer.alloc(chosen === 7 ? 2 : chosen === 16 ? 4 : 10)
  header[0] = first
  header[1] = (isMasked ? 0x80 : 0) | (chosen === 7 ? length : chosen === 16 ? 126 : 127)
  if (chosen === 16) header.writeUInt16BE(length, 2)
  if (chosen === 64) header.writeBigUInt64BE(BigInt(length), 2)
  if (!isMasked) return Buffer.concat([header, payload])
  return Buffer.concat([header, KEY, payload.map((byte, index) => byte ^ KEY[index & 3]!)])
}

const bytes = (length: number, fill = 0x61): Uint8Array => new Uint8Array(length).fill(fill)

/** What a kernel finds at `offset`, as the payloads and flags that it names. */
function read(
  kernel: FrameKernel,
  chunk: Uint8Array,
  offset = 0,
  maxPayload = Infinity,
  maxFrames = Infinity,
) {
  const count = kernel.readFrames(chunk, offset, maxPayload, maxFrames)
  return Array.from({ length: count }, (_, index) => {
    const [start, end, flags] = kernel.table.subarray(index * FRAME_WORDS, (index + 1) * FRAME_WORDS)
    return { payload: [...chunk.subarray(start, end)], flags }
  })
}

/** What a kernel finds from `offset` on, call after call. */
function readOn(kernel: FrameKernel, chunk: Uint8Array, offset: number): ReturnType<typeof read> {
  const found = read(kernel, chunk, offset)
  return found.length === 0 ? found : [...found, ...readOn(kernel, chunk, kernel.stoppedAt)]
}

const flagsOf = ({ first = 0x82, payload }: FrameSpec): number =>
  (first === 0x81 ? IS_TEXT : 0) | (payload.every((byte) => byte < 0x80) ? IS_ASCII : 0)

const KERNELS: [string, FrameKernel | undefined][] = [
  ['wasm', createWasmKernel()],
  ['typescript', new TypeScriptKernel()],
]

describe.each(KERNELS)('the kernel in %s', (name, made) => {
  const kernel = made!

  it('is there', () => {
    expect(kernel.name).toBe(name)
  })

  it('reads any row of whole messages, unmasked in place, wherever they lie', () => {
    const spec = fc.record({
      first: fc.constantFrom(0x81, 0x82),
      payload: fc.oneof(
        fc.uint8Array({ maxLength: 140 }),
        fc.uint8Array({ maxLength: 140, max: 127 }),
        fc.integer({ min: 0, max: 3000 }).map((length) => bytes(length)),
      ),
    })
    fc.assert(
      fc.property(fc.array(spec, { maxLength: 40 }), fc.nat(9), fc.nat(9), (specs, before, behind) => {
        const frames = Buffer.concat(specs.map(encode))
        const whole = Buffer.concat([bytes(16, 0xee), bytes(before, 0xee), frames, bytes(behind, 0xee)])
        const chunk = whole.subarray(16)
        const found = readOn(kernel, chunk, before)
        expect(found).toEqual(specs.map((each) => ({ payload: [...each.payload], flags: flagsOf(each) })))
        expect(kernel.stoppedAt).toBe(before + frames.length)
        expect(whole.subarray(0, 16 + before).every((byte) => byte === 0xee)).toBe(true)
        expect(chunk.subarray(kernel.stoppedAt).every((byte) => byte === 0xee)).toBe(true)
      }),
    )
  })

  it('tells for each byte and place whether a payload is ASCII', () => {
    for (const length of [1, 15, 16, 17, 31, 33, 125]) {
      for (let place = 0; place < length; place++) {
        const payload = bytes(length)
        payload[place] = 0x80
        expect(read(kernel, encode({ first: 0x81, payload }))[0]!.flags).toBe(IS_TEXT)
        payload[place] = 0x7f
        expect(read(kernel, encode({ first: 0x81, payload }))[0]!.flags).toBe(IS_TEXT | IS_ASCII)
      }
    }
  })

  it('stops before a frame that is cut, at whichever byte, and leaves it as it is', () => {
    for (const length of [0, 5, 125, 126, 200]) {
      const frame = encode({ payload: bytes(length) })
      for (let cut = 0; cut < frame.length; cut++) {
        const chunk = Buffer.concat([encode({ payload: bytes(3) }), frame.subarray(0, cut)])
        expect(read(kernel, chunk)).toHaveLength(1)
        expect(chunk.subarray(kernel.stoppedAt).equals(frame.subarray(0, cut))).toBe(true)
      }
    }
  })

  const others: [string, FrameSpec][] = [
    ...Array.from({ length: 256 }, (_, first): [string, FrameSpec] => [
      `first byte ${first}`,
      { first, payload: bytes(4) },
    ]),
    ['unmasked', { isMasked: false, payload: bytes(40) }],
    ['a length in 16 bits that fits in 7', { form: 16, payload: bytes(125) }],
    ['a length in 64 bits that fits in 7', { form: 64, payload: bytes(125) }],
    ['a length in 64 bits that fits in 16', { form: 64, payload: bytes(200) }],
  ]

  it('leaves everything else alone', () => {
    for (const [what, spec] of others) {
      const frame = encode(spec)
      const chunk = Buffer.from(frame)
      const isMessage = (spec.first === 0x81 || spec.first === 0x82) && spec.form === undefined
      expect([what, read(kernel, chunk).length]).toEqual([what, isMessage ? 1 : 0])
      if (!isMessage) expect([what, kernel.stoppedAt, chunk.equals(frame)]).toEqual([what, 0, true])
    }
  })

  it('reads no more frames, and no longer ones, than it is told', () => {
    const chunk = (): Buffer =>
      Buffer.concat([4, 4, 9, 4].map((length) => encode({ payload: bytes(length) })))
    expect(read(kernel, chunk(), 0, 8)).toHaveLength(2)
    expect(read(kernel, chunk(), 0, 9, 3)).toHaveLength(3)
    const many = Buffer.concat(Array.from({ length: 300 }, () => encode({ payload: bytes(1) })))
    expect(read(kernel, many)).toHaveLength(MAX_FRAMES)
    expect(read(kernel, many, kernel.stoppedAt)).toHaveLength(300 - MAX_FRAMES)
  })

  it('reads within a window at a time, so that what follows costs nothing yet', () => {
    const frames = Buffer.concat(Array.from({ length: 5 }, () => encode({ payload: bytes(5000) })))
    const chunk = Buffer.from(frames)
    expect(read(kernel, chunk)).toHaveLength(3)
    expect(kernel.stoppedAt).toBe(3 * 5008)
    expect(chunk.subarray(kernel.stoppedAt).equals(frames.subarray(kernel.stoppedAt))).toBe(true)
    expect(read(kernel, chunk, kernel.stoppedAt)).toHaveLength(2)
  })

  it('reads a first frame that is longer than the window, up to 64 KiB with its header', () => {
    const longest = MAX_READ_BYTES - 8
    for (const length of [WINDOW_BYTES - 8, WINDOW_BYTES, longest]) {
      const chunk = Buffer.concat([0, length, length].map((each) => encode({ payload: bytes(each) })))
      expect(readOn(kernel, chunk, 6).map(({ payload }) => payload.length)).toEqual([length, length])
      expect(kernel.stoppedAt).toBe(chunk.length)
    }
    for (const length of [longest + 1, 65_535, 65_536, 70_000]) {
      const frame = encode({ payload: bytes(length) })
      expect(read(kernel, Buffer.from(frame))).toEqual([])
      expect(kernel.stoppedAt).toBe(0)
    }
  })

  it('masks any bytes with any key', () => {
    for (const length of [0, 1, 3, 63, 64, 65, 511, 512, 513, 4097, 65_536, 150_001]) {
      for (const offset of [0, 1, 2, 3]) {
        const memory = bytes(length + offset + 8)
        const view = memory.subarray(offset, offset + length)
        kernel.mask(view, 0x9a01ff40)
        expect(view.every((byte, index) => byte === (0x61 ^ KEY[index & 3]!))).toBe(true)
        expect(memory.subarray(offset + length).every((byte) => byte === 0x61)).toBe(true)
      }
    }
  })
})

describe('createWasmKernel', () => {
  afterEach(() => vi.unstubAllGlobals())

  class Refused {
    constructor() {
      throw new Error('wasm code generation disallowed')
    }
  }
  const Never = Refused as never

  it.each([
    ['without WebAssembly', undefined],
    ['without its SIMD', { validate: () => false, Module: Never, Instance: Never }],
    ['that may not compile', { validate: () => true, Module: Never, Instance: Never }],
  ])('makes none in an engine %s', (_, engine) => {
    vi.stubGlobal('WebAssembly', engine)
    expect(createWasmKernel()).toBeUndefined()
  })

  it.each([
    ['wasm', (globalThis as { WebAssembly?: unknown }).WebAssembly],
    ['typescript', undefined],
  ])('leaves the process with the one in %s', async (name, engine) => {
    vi.stubGlobal('WebAssembly', engine)
    vi.resetModules()
    const { kernel } = await import('./kernel.ts')
    expect(kernel.name).toBe(name)
  })
})
