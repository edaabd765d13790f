// Walks MessagePack bytes before they are decoded: one value within JSON's model, nested no deeper than allowed, with
// no count larger than the bytes that could hold it. A decoder that has no such limits is safe behind it.
import { MAX_DATA_DEPTH } from '../limits.ts'

/** The envelope around `data` adds a few levels. */
const MAX_DEPTH = MAX_DATA_DEPTH + 4

/** The seven bytes of the key that is refused, `__proto__`, as a fixstr. */
const PROTO = '__proto__'

/** Thrown and caught inside this file only. */
class Refusal extends Error {}

/**
 * Why `bytes` is not exactly one MessagePack value within JSON's model, or `undefined` if it is.
 * Refuses extensions, binary, 64-bit integers beyond 2^53, NaN and infinities, keys that are not strings, the key
 * `__proto__`, deep nesting and trailing bytes. Linear in the number of bytes.
 */
export function findMsgpackFault(bytes: Uint8Array): string | undefined {
  const walker = new Walker(bytes)
  try {
    walker.value(MAX_DEPTH)
    return walker.isAtEnd ? undefined : 'bytes follow the value'
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
}

class Walker {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  value(depth: number): void {
    const head = this.#uint(1)
    if (head <= 0x7f || head >= 0xe0) return
    if (head <= 0x8f) return this.#map(head & 0x0f, depth)
    if (head <= 0x9f) return this.#array(head & 0x0f, depth)
    if (head <= 0xbf) return this.#skip(head & 0x1f)
    switch (head) {
      case 0xc0: // nil
      case 0xc2: // false
      case 0xc3: // true
        return
      case 0xca:
        return this.#finite(this.#view.getFloat32(this.#take(4)))
      case 0xcb:
        return this.#finite(this.#view.getFloat64(this.#take(8)))
      case 0xcc:
      case 0xd0:
        return this.#skip(1)
      case 0xcd:
      case 0xd1:
        return this.#skip(2)
      case 0xce:
      case 0xd2:
        return this.#skip(4)
      case 0xcf:
        return this.#safe(this.#view.getBigUint64(this.#take(8)))
      case 0xd3:
        return this.#safe(this.#view.getBigInt64(this.#take(8)))
      case 0xd9:
        return this.#skip(this.#uint(1))
      case 0xda:
        return this.#skip(this.#uint(2))
      case 0xdb:
        return this.#skip(this.#uint(4))
      case 0xdc:
        return this.#array(this.#uint(2), depth)
      case 0xdd:
        return this.#array(this.#uint(4), depth)
      case 0xde:
        return this.#map(this.#uint(2), depth)
      case 0xdf:
        return this.#map(this.#uint(4), depth)
      default:
        throw new Refusal(`type 0x${head.toString(16)} is not in JSON's model`)
    }
  }

  #array(count: number, depth: number): void {
    this.#enter(count, depth)
    for (let i = 0; i < count; i++) this.value(depth - 1)
  }

  #map(count: number, depth: number): void {
    this.#enter(count * 2, depth)
    for (let i = 0; i < count; i++) {
      this.#key()
      this.value(depth - 1)
    }
  }

  /** Every item takes at least a byte, so a count beyond the remaining bytes is a lie. */
  #enter(items: number, depth: number): void {
    if (depth === 0) throw new Refusal('nested too deeply')
    if (items > this.#bytes.length - this.#at) throw new Refusal('a count exceeds the bytes that are there')
  }

  #key(): void {
    const head = this.#uint(1)
    let length: number
    if (head >= 0xa0 && head <= 0xbf) length = head & 0x1f
    else if (head === 0xd9) length = this.#uint(1)
    else if (head === 0xda) length = this.#uint(2)
    else if (head === 0xdb) length = this.#uint(4)
    else throw new Refusal('a key is not a string')
    const start = this.#take(length)
    if (length !== PROTO.length) return
    for (let i = 0; i < length; i++) if (this.#bytes[start + i] !== PROTO.charCodeAt(i)) return
    throw new Refusal('the key __proto__ is refused')
  }

  #finite(value: number): void {
    if (!Number.isFinite(value)) throw new Refusal('a number is not finite')
  }

  #safe(value: bigint): void {
    if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
      throw new Refusal('an integer exceeds 2^53')
  }

  #uint(size: 1 | 2 | 4): number {
    const at = this.#take(size)
    if (size === 1) return this.#view.getUint8(at)
    return size === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at)
  }

  #skip(size: number): void {
    this.#take(size)
  }

  /** Advances by `size` bytes and returns where they begin. */
  #take(size: number): number {
    const start = this.#at
    if (size > this.#bytes.length - start) throw new Refusal('the value is cut off')
    this.#at = start + size
    return start
  }
}
