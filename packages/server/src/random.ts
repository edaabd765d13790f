// Randomness as an injected effect, so that a simulation can be replayed from its seed.
import { randomFillSync } from 'node:crypto'

/** A cryptographically secure source of randomness; only simulations may inject a predictable one. */
export interface Random {
  /** `size` random bytes. */
  bytes(size: number): Uint8Array
}

/** So many bytes are drawn at once: a call for each id would take longer than everything else that is done with it. */
const POOL_BYTES = 4096

let pool = Buffer.alloc(0)

/** The operating system's source. */
export const systemRandom: Random = {
  bytes(size) {
    if (pool.length < size) pool = randomFillSync(Buffer.allocUnsafeSlow(Math.max(POOL_BYTES, size)))
    // Handed out once, and not ours any more.
    const bytes = pool.subarray(0, size)
    pool = pool.subarray(size)
    return bytes
  },
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
