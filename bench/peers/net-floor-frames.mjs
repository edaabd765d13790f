// Frames of the floor: finds and unmasks what clients send, and frames what they are sent. Nothing is checked.
import { Buffer } from 'node:buffer'

const LENGTH_16 = 126
const LENGTH_64 = 127
const MASK_BYTES = 4

/** Reads the frames of one connection. Messages in fragments are not understood: the load generator sends none. */
export class FrameReader {
  #rest = Buffer.alloc(0)
  /** How many bytes the frame in `#rest` has, once its header is there; `#rest` has room for them. */
  #wanted = 0
  #filled = 0

  /**
   * @param {Buffer} chunk Unmasked in place.
   * @param {(opcode: number, payload: Buffer) => void} receive The payload is only valid during the call.
   */
  read(chunk, receive) {
    let at = this.#wanted > 0 ? this.#fill(chunk) : 0
    if (this.#wanted > 0) {
      if (this.#filled < this.#wanted) return
      take(this.#rest, 0, receive)
      this.#wanted = 0
    } else if (this.#rest.length > 0) {
      chunk = Buffer.concat([this.#rest, chunk])
    }
    this.#rest = Buffer.alloc(0)
    for (;;) {
      const end = endOf(chunk, at)
      if (end === undefined || end > chunk.length) return this.#keep(chunk, at, end)
      take(chunk, at, receive)
      at = end
    }
  }

  /** Keeps the beginning of a frame: in a buffer with room for all of it, so that a large one is copied once. */
  #keep(chunk, at, end) {
    if (at === chunk.length) return
    if (end === undefined) {
      this.#rest = Buffer.from(chunk.subarray(at))
      return
    }
    this.#wanted = end - at
    this.#rest = Buffer.allocUnsafe(this.#wanted)
    this.#filled = chunk.copy(this.#rest, 0, at)
  }

  /** Takes what belongs to the frame that was begun, and returns where the next one begins. */
  #fill(chunk) {
    const taken = chunk.copy(this.#rest, this.#filled, 0)
    this.#filled += taken
    return taken
  }
}

/** Where the frame at `at` ends, or undefined if its header is not all there. */
function endOf(chunk, at) {
  const left = chunk.length - at
  if (left < 2) return undefined
  const length = chunk[at + 1] & 0x7f
  if (length < LENGTH_16) return at + 2 + MASK_BYTES + length
  if (length === LENGTH_16) return left < 4 ? undefined : at + 4 + MASK_BYTES + chunk.readUInt16BE(at + 2)
  return left < 10 ? undefined : at + 10 + MASK_BYTES + chunk.readUInt32BE(at + 6)
}

/** Unmasks a whole frame and hands it over. */
function take(chunk, at, receive) {
  const length = chunk[at + 1] & 0x7f
  const header = length < LENGTH_16 ? 2 : length === LENGTH_16 ? 4 : 10
  const start = at + header + MASK_BYTES
  const payload = chunk.subarray(start, endOf(chunk, at))
  unmask(payload, chunk.subarray(start - MASK_BYTES, start))
  receive(chunk[at] & 0x0f, payload)
}

/** Word by word where the memory is aligned. */
function unmask(payload, key) {
  let index = 0
  while (index < payload.length && ((payload.byteOffset + index) & 3) !== 0) {
    payload[index] ^= key[index & 3]
    index++
  }
  const words = new Int32Array(payload.buffer, payload.byteOffset + index, (payload.length - index) >> 2)
  const turned = new Uint8Array(MASK_BYTES)
  for (let byte = 0; byte < MASK_BYTES; byte++) turned[byte] = key[(index + byte) & 3]
  const [word] = new Int32Array(turned.buffer)
  for (let at = 0; at < words.length; at++) words[at] ^= word
  for (index += words.length * 4; index < payload.length; index++) payload[index] ^= key[index & 3]
}

/** One unmasked frame as a buffer of its own. */
export function frameOf(opcode, payload) {
  const { length } = payload
  const header = length < LENGTH_16 ? 2 : length < 0x10000 ? 4 : 10
  const frame = Buffer.allocUnsafe(header + length)
  frame[0] = 0x80 | opcode
  frame[1] = header === 2 ? length : header === 4 ? LENGTH_16 : LENGTH_64
  if (header === 4) frame.writeUInt16BE(length, 2)
  if (header === 10) frame.writeBigUInt64BE(BigInt(length), 2)
  payload.copy(frame, header)
  return frame
}
