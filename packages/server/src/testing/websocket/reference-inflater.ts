// A second opinion on DEFLATE (RFC 1951): inflates by the book, slowly, and tells how far back the data refers.

const LENGTH_BASES = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
]
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const DISTANCE_BASES = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
]
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
const END_OF_BLOCK = 256

/** Codes by length and value. */
type HuffmanCode = ReadonlyMap<string, number>

const FIXED_LITERALS = huffmanCode(
  Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
)
const FIXED_DISTANCES = huffmanCode(Array.from({ length: 30 }, () => 5))

/** Inflates the messages of one sender, whose context is kept. */
export class ReferenceInflater {
  /** Everything that came out, in order. */
  readonly output: number[] = []
  /** The farthest reference so far in bytes. */
  maxDistance = 0
  #input: Uint8Array = new Uint8Array(0)
  #bit = 0

  /** Inflates the payload of a compressed message (RFC 7692 §7.2.2). Throws if it is malformed. */
  inflate(payload: Uint8Array): Uint8Array {
    const from = this.output.length
    this.#input = Uint8Array.of(...payload, 0x00, 0x00, 0xff, 0xff)
    this.#bit = 0
    while (this.#bit < this.#input.length * 8) this.#block()
    return Uint8Array.from(this.output.slice(from))
  }

  #block(): void {
    const isFinal = this.#bits(1) === 1
    const type = this.#bits(2)
    if (type === 0) this.#stored()
    else if (type === 1) this.#compressed(FIXED_LITERALS, FIXED_DISTANCES)
    else if (type === 2) this.#compressed(...this.#tables())
    else throw new Error('a block of the reserved type')
    if (isFinal) this.#skipToByte()
  }

  #stored(): void {
    this.#skipToByte()
    const length = this.#bits(16)
    if ((length ^ this.#bits(16)) !== 0xffff) throw new Error('a stored length that does not match')
    for (let count = 0; count < length; count++) this.output.push(this.#bits(8))
  }

  #compressed(literals: HuffmanCode, distances: HuffmanCode): void {
    for (let symbol = this.#symbol(literals); symbol !== END_OF_BLOCK; symbol = this.#symbol(literals)) {
      if (symbol < END_OF_BLOCK) this.output.push(symbol)
      else this.#copy(symbol - END_OF_BLOCK - 1, distances)
    }
  }

  #copy(lengthIndex: number, distances: HuffmanCode): void {
    const length = LENGTH_BASES[lengthIndex]! + this.#bits(LENGTH_BITS[lengthIndex]!)
    const index = this.#symbol(distances)
    const distance = DISTANCE_BASES[index]! + this.#bits(Math.max(0, (index >> 1) - 1))
    if (distance > this.output.length) throw new Error('a reference to before the beginning')
    this.maxDistance = Math.max(this.maxDistance, distance)
    for (let count = 0; count < length; count++) this.output.push(this.output.at(-distance)!)
  }

  #tables(): [HuffmanCode, HuffmanCode] {
    const [literals, distances, codes] = [this.#bits(5) + 257, this.#bits(5) + 1, this.#bits(4) + 4]
    const codeLengths = new Array<number>(19).fill(0)
    for (const symbol of CODE_LENGTH_ORDER.slice(0, codes)) codeLengths[symbol] = this.#bits(3)
    const code = huffmanCode(codeLengths)
    const lengths: number[] = []
    while (lengths.length < literals + distances) {
      const symbol = this.#symbol(code)
      if (symbol < 16) lengths.push(symbol)
      else if (symbol === 16) lengths.push(...new Array<number>(3 + this.#bits(2)).fill(lengths.at(-1)!))
      else lengths.push(...new Array<number>(symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7)).fill(0))
    }
    return [huffmanCode(lengths.slice(0, literals)), huffmanCode(lengths.slice(literals))]
  }

  #symbol(code: HuffmanCode): number {
    let value = 0
    for (let length = 1; length <= 15; length++) {
      value = value * 2 + this.#bits(1)
      const symbol = code.get(`${length}:${value}`)
      if (symbol !== undefined) return symbol
    }
    throw new Error('no such code')
  }

  #bits(count: number): number {
    let value = 0
    for (let index = 0; index < count; index++, this.#bit++) {
      const byte = this.#input[this.#bit >> 3]
      if (byte === undefined) throw new Error('the data ends too early')
      value |= ((byte >> (this.#bit & 7)) & 1) << index
    }
    return value
  }

  #skipToByte(): void {
    this.#bit = (this.#bit + 7) & ~7
  }
}

/** RFC 1951 §3.2.2. */
function huffmanCode(lengths: readonly number[]): HuffmanCode {
  const code = new Map<string, number>()
  let next = 0
  for (let length = 1; length <= 15; length++) {
    next *= 2
    lengths.forEach((own, symbol) => {
      if (own === length) code.set(`${length}:${next++}`, symbol)
    })
  }
  return code
}
