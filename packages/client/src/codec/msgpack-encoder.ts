// Values of JSON's model to MessagePack bytes. Generates no code at run time, so that it works under a strict CSP.

const textEncoder = new TextEncoder()

/** A buffer that grows. */
export class MsgpackEncoder {
  #bytes = new Uint8Array(256)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  /** The bytes so far. */
  get bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  /**
   * Appends one value. Keys whose value is `undefined` are left out, as JSON does; in arrays it becomes null.
   * @throws {TypeError} if the value is not of JSON's model: NaN, bigint, Date, Map, functions.
   */
  value(value: unknown): void {
    switch (typeof value) {
      case 'undefined':
        return this.#put(1, 0xc0)
      case 'boolean':
        return this.#put(1, value ? 0xc3 : 0xc2)
      case 'number':
        return this.#number(value)
      case 'string':
        return this.#string(value)
      case 'object':
        if (value === null) return this.#put(1, 0xc0)
        return Array.isArray(value) ? this.#array(value) : this.#map(value)
      case 'bigint':
      case 'function':
      case 'symbol':
        throw new TypeError(`A ${typeof value} cannot be sent.`)
    }
  }

  #number(value: number): void {
    if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be sent.`)
    if (!Number.isInteger(value) || value < -0x8000_0000 || value > 0xffff_ffff) {
      // Beyond 32 bits a double is as exact as JavaScript's own numbers, and as short as a 64-bit integer.
      this.#put(1, 0xcb)
      this.#reserve(8)
      this.#view.setFloat64(this.#length, value)
      this.#length += 8
    } else if (value >= -0x20 && value < 0x80) this.#put(1, value)
    else if (value >= 0) this.#sized(value, 0xcc)
    else if (value >= -0x80) this.#pair(0xd0, 1, value)
    else if (value >= -0x8000) this.#pair(0xd1, 2, value)
    else this.#pair(0xd2, 4, value)
  }

  #string(text: string): void {
    const bytes = textEncoder.encode(text)
    if (bytes.length < 0x20) this.#put(1, 0xa0 | bytes.length)
    else this.#sized(bytes.length, 0xd9)
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #array(items: readonly unknown[]): void {
    this.#head(items.length, 0x90, 0xdc)
    for (const item of items) this.value(item)
  }

  #map(object: object): void {
    const prototype: unknown = Object.getPrototypeOf(object)
    if (prototype !== Object.prototype && prototype !== null) {
      throw new TypeError('Only plain objects and arrays can be sent.')
    }
    const entries = Object.entries(object).filter(([, value]) => value !== undefined)
    this.#head(entries.length, 0x80, 0xde)
    for (const [key, value] of entries) {
      if (key === '__proto__') throw new TypeError('The key __proto__ cannot be sent.')
      this.#string(key)
      this.value(value)
    }
  }

  /** The head of an array or a map: up to 15 items in one byte, else a 16-bit or 32-bit count. */
  #head(count: number, fixed: number, long: number): void {
    if (count < 0x10) this.#put(1, fixed | count)
    else if (count < 0x1_0000) this.#pair(long, 2, count)
    else this.#pair(long + 1, 4, count)
  }

  /** An unsigned number behind the first of three type bytes in a row, for 8, 16 and 32 bits. */
  #sized(value: number, type: number): void {
    if (value < 0x100) this.#pair(type, 1, value)
    else if (value < 0x1_0000) this.#pair(type + 1, 2, value)
    else this.#pair(type + 2, 4, value)
  }

  #pair(type: number, size: 1 | 2 | 4, value: number): void {
    this.#put(1, type)
    this.#put(size, value)
  }

  /** Setters of a DataView take a number modulo its size, so one serves signed and unsigned numbers. */
  #put(size: 1 | 2 | 4, value: number): void {
    this.#reserve(size)
    if (size === 1) this.#view.setUint8(this.#length, value)
    else if (size === 2) this.#view.setUint16(this.#length, value)
    else this.#view.setUint32(this.#length, value)
    this.#length += size
  }

  #reserve(size: number): void {
    const needed = this.#length + size
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}
