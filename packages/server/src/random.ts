// Randomness as an injected effect, so that a simulation can be replayed from its seed.
import { randomBytes } from 'node:crypto'

/** A cryptographically secure source of randomness; only simulations may inject a predictable one. */
export interface Random {
  /** `size` random bytes. */
  bytes(size: number): Uint8Array
}

/** The operating system's source. */
export const systemRandom: Random = {
  bytes: (size) => randomBytes(size),
}

/** An id of `size` random bytes as unpadded base64url. The default, 12 bytes, is 96 bits: unique, not secret. */
export function randomId(random: Random, size = 12): string {
  return Buffer.from(random.bytes(size)).toString('base64url')
}

/** A random unsigned 32-bit number, such as the tag of an append. */
export function randomUint32(random: Random): number {
  const bytes = random.bytes(4)
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0)
}
