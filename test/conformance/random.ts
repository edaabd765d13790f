// A seeded generator: a failure at random is worth nothing unless it can be had again.

/** Numbers in [0, 1), the same ones for the same seed. */
export type Random = () => number

/** Mulberry32, mixed with a label so that each cell has numbers of its own. */
export function seededRandom(seed: number, label = ''): Random {
  let state = seed >>> 0
  for (const character of label) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A whole number from `low` to `high`, both included. */
export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}

/** Bytes of any value. */
export function randomBytesOf(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => between(random, 0, 255)))
}
