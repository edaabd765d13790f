// zlib's one-shot functions for raw DEFLATE data, here and in a thread, with errors as values and no context of their own.
import {
  constants,
  deflateRaw,
  deflateRawSync,
  inflateRaw,
  inflateRawSync,
  type ZlibOptions,
} from 'node:zlib'
import { protocolErrors, type WebSocketProtocolError } from '../protocol/protocol-error.ts'

/** What is inflated in one go: up to the end of `input`, or of a block that says it is the final one. */
export interface Segment {
  readonly input: Uint8Array
  /** What went before, to which the data may refer back. */
  readonly history: Uint8Array
  /** The most bytes that may come out. */
  readonly maxBytes: number
}

export interface InflatedSegment {
  readonly output: Uint8Array
  /** How much of the input was used: all of it, unless there is more after a final block. */
  readonly consumedBytes: number
}

/** What node:zlib gives when it is asked for more than the bytes; its types do not know that. */
interface ZlibInfo {
  readonly buffer: Uint8Array
  readonly engine: { readonly bytesWritten: number }
}

/** No data inflates better: a match of 258 bytes takes two bits. */
export const MAX_DEFLATE_RATIO = 1032
/** Smaller buffers are refused by zlib. */
const MIN_CHUNK_BYTES = 64
/** What nearly every message inflates to at most: this much, or so many bytes for each that came. */
const USUAL_OUTPUT_BYTES = 4 * 1024
const USUAL_RATIO = 16
/** Larger buffers have pages of their own, and take no memory before they are written to. */
const SMALL_BUFFER_BYTES = 128 * 1024
/** The largest buffer that is asked for at once. */
const MAX_CHUNK_BYTES = 2 ** 30

/** Inflates, blocking. `too big` if more than `maxBytes` come out. */
export function inflateSegment(segment: Segment): InflatedSegment | 'too big' | WebSocketProtocolError {
  try {
    return inflated(inflateRawSync(segment.input, inflateOptions(segment)))
  } catch (error) {
    return inflateErrorOf(error)
  }
}

/** Inflates in a thread. Never rejects. */
export function inflateSegmentInThread(segment: Segment): Promise<ReturnType<typeof inflateSegment>> {
  return new Promise((resolve) => {
    try {
      inflateRaw(segment.input, inflateOptions(segment), (error, result) => {
        resolve(error ? inflateErrorOf(error) : inflated(result))
      })
    } catch (error) {
      resolve(inflateErrorOf(error))
    }
  })
}

/**
 * A large buffer holds the most that may come out and a byte more, so there is exactly one: zlib would copy several
 * together, which is twice the memory. What of it is not written to is not backed by memory.
 *
 * A small one would leave a gap in the heap between what connections hold, so it is made for what usually comes out.
 */
function inflateOptions({ input, history, maxBytes }: Segment): ZlibOptions {
  const bound = Math.min(maxBytes, input.length * MAX_DEFLATE_RATIO, MAX_CHUNK_BYTES)
  const usual = Math.max(USUAL_OUTPUT_BYTES, input.length * USUAL_RATIO)
  const bufferBytes = bound < SMALL_BUFFER_BYTES ? usual : Infinity
  return {
    info: true,
    chunkSize: Math.max(MIN_CHUNK_BYTES, Math.min(bound + 1, bufferBytes)),
    maxOutputLength: Math.max(1, Math.min(maxBytes, MAX_CHUNK_BYTES)),
    ...(history.length > 0 ? { dictionary: history } : {}),
  }
}

function inflated(result: unknown): InflatedSegment {
  const { buffer, engine } = result as ZlibInfo
  return { output: rightSized(buffer), consumedBytes: engine.bytesWritten }
}

function inflateErrorOf(error: unknown): 'too big' | WebSocketProtocolError {
  const code = codeOf(error)
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'too big'
  return code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR'
    ? protocolErrors.invalidCompression
    : protocolErrors.internal
}

/** How to compress one message. */
export interface DeflateSettings {
  readonly windowBits: number
  readonly level: number
  readonly memLevel: number
  /** What the data may refer back to. */
  readonly history: Uint8Array
}

/** The end of everything that zlib flushes, which is not sent (RFC 7692 §7.2.1). */
const FLUSHED_TAIL_BYTES = 4

/** Compresses, blocking. Undefined if the result is not smaller, or if there is no memory to compress with. */
export function deflateMessage(payload: Uint8Array, settings: DeflateSettings): Uint8Array | undefined {
  try {
    return deflated(payload, deflateRawSync(payload, deflateOptions(payload, settings)))
  } catch {
    return undefined
  }
}

/** Compresses in a thread. Never rejects. */
export function deflateMessageInThread(
  payload: Uint8Array,
  settings: DeflateSettings,
): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    try {
      deflateRaw(payload, deflateOptions(payload, settings), (error, result) => {
        resolve(error ? undefined : deflated(payload, result))
      })
    } catch {
      resolve(undefined)
    }
  })
}

function deflateOptions(payload: Uint8Array, settings: DeflateSettings): ZlibOptions {
  const { windowBits, level, memLevel, history } = settings
  return {
    windowBits,
    level,
    memLevel,
    finishFlush: constants.Z_SYNC_FLUSH,
    // Holds every result that is of use.
    chunkSize: Math.max(MIN_CHUNK_BYTES, payload.length + FLUSHED_TAIL_BYTES),
    ...(history.length > 0 ? { dictionary: history } : {}),
  }
}

function deflated(payload: Uint8Array, result: Uint8Array): Uint8Array | undefined {
  const length = result.length - FLUSHED_TAIL_BYTES
  return length < payload.length ? rightSized(result.subarray(0, length)) : undefined
}

/** Plain bytes; a copy where they would keep a buffer alive that is more than twice as large. */
function rightSized({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(buffer, byteOffset, length)
  return length * 2 < buffer.byteLength ? bytes.slice() : bytes
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
