// Incremental validation of UTF-8 (RFC 3629), so that a bad byte is found when it arrives (RFC 6455 §8.1).

/** Below this the view of the words costs more than it saves. */
const WORDWISE_FROM_BYTES = 64
const NO_WORDS = new Int32Array(0)
/** What a word of four ASCII bytes has none of. */
const HIGH_BITS = 0x80808080

/** Validates one text that arrives in pieces of any size. */
export class Utf8Validator {
  /** How many continuation bytes the current character still needs. */
  #missing = 0
  /** The range of the next continuation byte; narrower after a lead byte that could be overlong or too high. */
  #lowest = 0x80
  #highest = 0xbf

  /** Whether the text may end here: not in the middle of a character. */
  get isComplete(): boolean {
    return this.#missing === 0
  }

  /** Takes the next piece. False once no continuation can make the text valid; the validator is then spent. */
  push(bytes: Uint8Array): boolean {
    const words = wordsOf(bytes)
    let offset = 0
    while (offset < bytes.length) {
      if (this.#missing === 0) {
        offset = skipAscii(bytes, words, offset)
        if (offset === bytes.length) return true
        if (!this.#beginCharacter(bytes[offset]!)) return false
      } else {
        const byte = bytes[offset]!
        if (byte < this.#lowest || byte > this.#highest) return false
        this.#missing--
        this.#lowest = 0x80
        this.#highest = 0xbf
      }
      offset++
    }
    return true
  }

  /** Starts a new text. */
  reset(): void {
    this.#missing = 0
    this.#lowest = 0x80
    this.#highest = 0xbf
  }

  /** The table of RFC 3629 §4: what may follow each lead byte. */
  #beginCharacter(lead: number): boolean {
    if (lead < 0xc2 || lead > 0xf4) return false // stray continuation, overlong, or beyond U+10FFFF
    if (lead < 0xe0) this.#missing = 1
    else if (lead < 0xf0) this.#missing = 2
    else this.#missing = 3
    if (lead === 0xe0) this.#lowest = 0xa0 // else overlong
    if (lead === 0xed) this.#highest = 0x9f // else a surrogate
    if (lead === 0xf0) this.#lowest = 0x90 // else overlong
    if (lead === 0xf4) this.#highest = 0x8f // else beyond U+10FFFF
    return true
  }
}

/** Whether all bytes are ASCII. */
export function isAscii(bytes: Uint8Array): boolean {
  if (bytes.length >= WORDWISE_FROM_BYTES) return skipAscii(bytes, wordsOf(bytes), 0) === bytes.length
  for (let offset = 0; offset < bytes.length; offset++) if (bytes[offset]! >= 0x80) return false
  return true
}

/** The offset of the first byte at or after `from` that is not ASCII, or the length. */
function skipAscii(bytes: Uint8Array, words: Int32Array, from: number): number {
  const firstWord = leadBytes(bytes)
  let offset = from
  while (offset < bytes.length && bytes[offset]! < 0x80) {
    offset++
    if (((offset - firstWord) & 3) !== 0) continue
    let index = (offset - firstWord) >> 2
    while (index < words.length && (words[index]! & HIGH_BITS) === 0) index++
    offset = firstWord + index * 4
  }
  return offset
}

/** The words within `bytes` that are aligned in the underlying memory, if looking at them pays. */
function wordsOf(bytes: Uint8Array): Int32Array {
  if (bytes.length < WORDWISE_FROM_BYTES) return NO_WORDS
  const lead = leadBytes(bytes)
  return new Int32Array(bytes.buffer, bytes.byteOffset + lead, (bytes.length - lead) >>> 2)
}

/** How many bytes precede the first aligned word. */
function leadBytes(bytes: Uint8Array): number {
  return -bytes.byteOffset & 3
}
