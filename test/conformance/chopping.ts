// The four ways in which the same bytes may arrive.
import { between, type Random } from './random.ts'

/**
 * `whole`: one write for each frame. `bytes`: one for each byte. `random`: cut at random, across frames. `coalesced`:
 * all that a test sends before it waits in one write, behind a neighbour (see peer.ts).
 */
export const CHOPPINGS = ['whole', 'bytes', 'random', 'coalesced'] as const
export type Chopping = (typeof CHOPPINGS)[number]

/** Each single byte costs a turn of the event loop, so of long inputs only the two ends are sent in single bytes. */
const MAX_SINGLE_BYTES = 400
const SINGLE_AT_START = 16
const SINGLE_AT_END = 4
const LONG_PIECE_BYTES = 16_381
const MAX_CUTS = 40

/** Cuts what one connection sends. */
export class Chopper {
  readonly #chopping: Chopping
  readonly #random: Random
  #singleBytesLeft = MAX_SINGLE_BYTES

  constructor(chopping: Chopping, random: Random) {
    this.#chopping = chopping
    this.#random = random
  }

  /** The writes that carry `parts`. */
  chop(parts: readonly Uint8Array[]): Uint8Array[] {
    switch (this.#chopping) {
      case 'whole':
        return [...parts]
      case 'coalesced':
        return [Buffer.concat(parts)]
      case 'bytes':
        return this.#chopToBytes(Buffer.concat(parts))
      case 'random':
        return this.#chopAtRandom(Buffer.concat(parts))
    }
  }

  #chopToBytes(bytes: Uint8Array): Uint8Array[] {
    const start =
      bytes.length <= this.#singleBytesLeft ? bytes.length : Math.min(SINGLE_AT_START, bytes.length)
    const end = Math.min(SINGLE_AT_END, bytes.length - start)
    this.#singleBytesLeft = Math.max(0, this.#singleBytesLeft - start)
    return [
      ...pieces(bytes.subarray(0, start), 1),
      ...pieces(bytes.subarray(start, bytes.length - end), LONG_PIECE_BYTES),
      ...pieces(bytes.subarray(bytes.length - end), 1),
    ]
  }

  #chopAtRandom(bytes: Uint8Array): Uint8Array[] {
    const count = Math.min(MAX_CUTS, Math.ceil(bytes.length / 3))
    const cuts = Array.from({ length: count }, () => between(this.#random, 0, bytes.length)).sort(
      (a, b) => a - b,
    )
    return [0, ...cuts]
      .map((cut, index) => bytes.subarray(cut, cuts[index] ?? bytes.length))
      .filter(({ length }) => length > 0)
  }
}

function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / size)
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
}
