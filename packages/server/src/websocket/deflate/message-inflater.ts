// Restores what a peer compressed (RFC 7692 §7.2.2), with no more memory and time than a message deserves.
import { randomBytes } from 'node:crypto'
import { constants, deflateRawSync } from 'node:zlib'
import { NO_BYTES } from '../../util/bytes.ts'
import type { Decompressor } from '../connection/compression.ts'
import { MIN_COMPRESSION_WINDOW_BITS, type DeflateAgreement } from '../protocol/deflate-negotiation.ts'
import { protocolErrors, type WebSocketProtocolError } from '../protocol/protocol-error.ts'
import type { DeflateOptions } from './deflate-options.ts'
import { HistoryWindow } from './history-window.ts'
import { inflateSegment, inflateSegmentInThread, MAX_DEFLATE_RATIO, type Segment } from './raw-zlib.ts'
import type { ZlibPool } from './zlib-pool.ts'

export interface MessageInflaterOptions {
  readonly agreement: DeflateAgreement
  /** The role of this endpoint; what it inflates comes from the other one. */
  readonly role: 'server' | 'client'
  readonly options: Pick<DeflateOptions, 'maxInflateRatio'>
  /** The longest message in bytes once it is inflated. */
  readonly maxMessageBytes: number
  readonly pool: ZlibPool
}

/** Up to here a message may have any ratio: 100 bytes of an honest peer can well be 20 000 blanks. */
const FREE_OUTPUT_BYTES = 64 * 1024
/** What is inflated here and now: at most this much comes in, since an adversary's 16 KiB take a millisecond… */
const MAX_INPUT_HERE_BYTES = 16 * 1024
/** …and at most this much comes out. */
const MAX_OUTPUT_HERE_BYTES = 512 * 1024
/** How many final blocks a message may have. Each is inflated for itself at 20 µs, and takes its sender two bytes. */
const MAX_FINAL_BLOCKS = 64

/** What the sender removed: the end of an empty stored block (§7.2.2)… */
const REMOVED_TAIL = [0x00, 0x00, 0xff, 0xff]
/**
 * …and a final block that holds a mark which no peer knows. What was cut short would take the tail for something else, and
 * perhaps come to an end all the same; but only where a block ended does the mark come out. It goes in compressed, so that
 * no stored block can take it in and have it come out.
 */
const MARK = randomBytes(8)
const TAIL = Uint8Array.of(...REMOVED_TAIL, ...deflateRawSync(MARK, { strategy: constants.Z_FIXED }))

type Result = Uint8Array | WebSocketProtocolError
type SegmentResult = ReturnType<typeof inflateSegment>

/**
 * Inflates the messages of one connection, one after the other; a message waits until the one before is done. It knows
 * nothing of text: whoever takes the result checks its UTF-8.
 *
 * There is no zlib stream behind it. All that a message can depend on is the window before it, and that is bytes.
 */
export class MessageInflater implements Decompressor {
  readonly #maxMessageBytes: number
  readonly #maxRatio: number
  readonly #pool: ZlibPool
  readonly #hasTakeover: boolean
  readonly #windowBytes: number
  #window: HistoryWindow | undefined
  #failure: WebSocketProtocolError | undefined

  constructor({ agreement, role, options, maxMessageBytes, pool }: MessageInflaterOptions) {
    const isServer = role === 'server'
    const bits = isServer ? agreement.clientMaxWindowBits : agreement.serverMaxWindowBits
    this.#hasTakeover = !(isServer ? agreement.clientNoContextTakeover : agreement.serverNoContextTakeover)
    // Peers with zlib use 9 bits where 8 were agreed on, so that much is remembered.
    this.#windowBytes = 2 ** Math.max(MIN_COMPRESSION_WINDOW_BITS, bits)
    this.#maxMessageBytes = maxMessageBytes
    this.#maxRatio = options.maxInflateRatio
    this.#pool = pool
  }

  /**
   * The message that `compressed` stands for: a whole payload, its fragments joined, as it came. Or why there is none:
   * `invalidCompression` (1007), or, while it is inflated, `messageTooBig` or `inflatedTooMuch` (1009). After an error
   * there are only errors.
   */
  inflate(compressed: Uint8Array): Result | Promise<Result> {
    if (this.#failure !== undefined) return this.#failure
    // Not a deflate block, but what some peers make of an empty message.
    if (compressed.length === 0) return NO_BYTES
    const steps = this.#inflate(compressed)
    const isShort =
      compressed.length <= MAX_INPUT_HERE_BYTES && this.#maxOutputOf(compressed) <= MAX_OUTPUT_HERE_BYTES
    return isShort
      ? this.#pool.runHere(() => runHere(steps))
      : this.#pool.runInThread(() => runInThread(steps))
  }

  /** The steps of a message: asks for a segment to be inflated, gets the result, and so on. Usually it is one. */
  *#inflate(compressed: Uint8Array): Generator<Segment, Result, SegmentResult> {
    const input = withTail(compressed)
    const maxOutputBytes = this.#maxOutputOf(compressed)
    const window = this.#hasTakeover ? (this.#window ??= this.#newWindow()) : undefined
    let history = window
    const outputs: Uint8Array[] = []
    let outputBytes = 0
    let offset = 0
    for (let finalBlocks = 0; finalBlocks <= MAX_FINAL_BLOCKS; finalBlocks++) {
      const maxBytes = maxOutputBytes - outputBytes
      const result = yield {
        input: input.subarray(offset),
        history: history?.bytes ?? NO_BYTES,
        maxBytes: maxBytes + MARK.length,
      }
      if (result === 'too big') return this.#fail(this.#tooBig(maxOutputBytes))
      if ('closeCode' in result) return this.#fail(result)
      offset += result.consumedBytes
      const output = offset === input.length ? withoutMark(result.output) : result.output
      if (output === undefined) break
      outputBytes += output.length
      if (outputBytes > maxOutputBytes) return this.#fail(this.#tooBig(maxOutputBytes))
      outputs.push(output)
      if (isAtEnd(offset, compressed.length)) {
        window?.add(output)
        return outputs.length === 1 ? output : joined(outputs, outputBytes)
      }
      if (offset > compressed.length) break
      // §7.2.3.4: a final block, and more of the message after it, which may still refer to what was before.
      history ??= this.#newWindow()
      history.add(output)
    }
    return this.#fail(protocolErrors.invalidCompression)
  }

  #newWindow(): HistoryWindow {
    return new HistoryWindow(this.#windowBytes)
  }

  #maxOutputOf({ length }: Uint8Array): number {
    const allowed = Math.max(FREE_OUTPUT_BYTES, length * this.#maxRatio)
    return Math.min(this.#maxMessageBytes, allowed, (length + TAIL.length) * MAX_DEFLATE_RATIO)
  }

  #tooBig(maxOutputBytes: number): WebSocketProtocolError {
    const isByLimit = maxOutputBytes === this.#maxMessageBytes
    return isByLimit ? protocolErrors.messageTooBig : protocolErrors.inflatedTooMuch
  }

  #fail(error: WebSocketProtocolError): WebSocketProtocolError {
    this.#failure = error
    this.#window = undefined
    return error
  }
}

/** The output before the mark; undefined if it does not end with it. */
function withoutMark(output: Uint8Array): Uint8Array | undefined {
  const start = output.length - MARK.length
  return start >= 0 && MARK.equals(output.subarray(start)) ? output.subarray(0, start) : undefined
}

/**
 * Whether all of a payload has been used. Usually that takes the whole tail; a message that ends with a final block needs
 * none of it, or just the part that its sender removed from an empty one.
 */
function isAtEnd(offset: number, payloadBytes: number): boolean {
  const beyond = offset - payloadBytes
  return beyond === TAIL.length || beyond === 0 || beyond === REMOVED_TAIL.length
}

function joined(outputs: readonly Uint8Array[], totalBytes: number): Uint8Array {
  const whole = new Uint8Array(totalBytes)
  let offset = 0
  for (const output of outputs) {
    whole.set(output, offset)
    offset += output.length
  }
  return whole
}

function withTail(compressed: Uint8Array): Uint8Array {
  const input = new Uint8Array(compressed.length + TAIL.length)
  input.set(compressed)
  input.set(TAIL, compressed.length)
  return input
}

function runHere(steps: Generator<Segment, Result, SegmentResult>): Result {
  let step = steps.next()
  while (!step.done) step = steps.next(inflateSegment(step.value))
  return step.value
}

async function runInThread(steps: Generator<Segment, Result, SegmentResult>): Promise<Result> {
  let step = steps.next()
  while (!step.done) step = steps.next(await inflateSegmentInThread(step.value))
  return step.value
}
