// Reads the choices that an input begins with. Past its end everything is zero, so that any bytes are an input.

export class ByteReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.#bytes.length
  }

  byte(): number {
    return this.#bytes[this.#offset++] ?? 0
  }

  uint16(): number {
    return (this.byte() << 8) | this.byte()
  }

  uint32(): number {
    return this.uint16() * 0x1_0000 + this.uint16()
  }

  /** As many bytes as a length before them says, or as there are. */
  block(): Uint8Array {
    const length = this.uint16()
    const block = this.#bytes.subarray(this.#offset, this.#offset + length)
    this.#offset += length
    return block
  }

  /** A block, one character per byte. */
  text(): string {
    const block = this.block()
    return Buffer.from(block.buffer, block.byteOffset, block.byteLength).toString('latin1')
  }

  rest(): Uint8Array {
    const rest = this.#bytes.subarray(this.#offset)
    this.#offset = this.#bytes.length
    return rest
  }
}

/** The counterpart of `block`. */
export function writeBlock(content: string | Uint8Array): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : Buffer.from(content)
  const length = Math.min(bytes.length, 0xffff)
  return Buffer.concat([Buffer.of(length >>> 8, length & 0xff), bytes.subarray(0, length)])
}
