// MessagePack bytes to values of JSON's model. Trusts no count and no depth, and generates no code at run time.
import { DecodeError, MAX_DATA_DEPTH } from '@roomcast/protocol/wire'

/** The envelope around `data` adds a few levels. */
const MAX_DEPTH = MAX_DATA_DEPTH + 4

const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads one value after the other. */
export class MsgpackDecoder {
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

  /** @throws {DecodeError} if what follows is not a value within JSON's model, nested at most `depth` levels. */
  value(depth = MAX_DEPTH): unknown {
    const head = this.#uint(1)
    if (head < 0x80) return head
    if (head < 0x90) return this.#map(head & 0x0f, depth)
    if (head < 0xa0) return this.#array(head & 0x0f, depth)
    if (head < 0xc0) return this.#string(head & 0x1f)
    if (head >= 0xe0) return head - 0x100
    const view = this.#view
    switch (head) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xca:
        return finite(view.getFloat32(this.#take(4)))
      case 0xcb:
        return finite(view.getFloat64(this.#take(8)))
      case 0xcc:
        return this.#uint(1)
      case 0xcd:
        return this.#uint(2)
      case 0xce:
        return this.#uint(4)
      case 0xcf:
        return safe(view.getBigUint64(this.#take(8)))
      case 0xd0:
        return view.getInt8(this.#take(1))
      case 0xd1:
        return view.getInt16(this.#take(2))
      case 0xd2:
        return view.getInt32(this.#take(4))
      case 0xd3:
        return safe(view.getBigInt64(this.#take(8)))
      case 0xd9:
        return this.#string(this.#uint(1))
      case 0xda:
        return this.#string(this.#uint(2))
      case 0xdb:
        return this.#string(this.#uint(4))
      case 0xdc:
        return this.#array(this.#uint(2), depth)
      case 0xdd:
        return this.#array(this.#uint(4), depth)
      case 0xde:
        return this.#map(this.#uint(2), depth)
      case 0xdf:
        return this.#map(this.#uint(4), depth)
      default:
        throw new DecodeError(`type 0x${head.toString(16)} is not in JSON's model`)
    }
  }

  #array(count: number, depth: number): unknown[] {
    this.#enter(count, depth)
    const items: unknown[] = []
    for (let i = 0; i < count; i++) items.push(this.value(depth - 1))
    return items
  }

  #map(count: number, depth: number): Record<string, unknown> {
    this.#enter(count * 2, depth)
    const object: Record<string, unknown> = {}
    for (let i = 0; i < count; i++) {
      const key = this.value(0)
      if (typeof key !== 'string' || key === '__proto__') throw new DecodeError('a key is not allowed')
      object[key] = this.value(depth - 1)
    }
    return object
  }

  /** Every item takes at least a byte, so a count beyond the remaining bytes is a lie. */
  #enter(items: number, depth: number): void {
    if (depth === 0) throw new DecodeError('nested too deeply')
    if (items > this.#bytes.length - this.#at)
      throw new DecodeError('a count exceeds the bytes that are there')
  }

  #string(length: number): string {
    const start = this.#take(length)
    try {
      return textDecoder.decode(this.#bytes.subarray(start, start + length))
    } catch (cause) {
      throw new DecodeError('a string is not UTF-8', { cause })
    }
  }

  #uint(size: 1 | 2 | 4): number {
    const at = this.#take(size)
    if (size === 1) return this.#view.getUint8(at)
    return size === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at)
  }

  /** Advances by `size` bytes and returns where they begin. */
  #take(size: number): number {
    const start = this.#at
    if (size > this.#bytes.length - start) throw new DecodeError('the value is cut off')
    this.#at = start + size
    return start
  }
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new DecodeError('a number is not finite')
  return value
}

function safe(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new DecodeError('an integer exceeds 2^53')
  return number
}
