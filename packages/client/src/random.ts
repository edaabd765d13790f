// Randomness as an injected effect, so that a simulation can be replayed from its seed.

/** A cryptographically secure source of randomness; only simulations may inject a predictable one. */
export interface Random {
  /** `size` random bytes. */
  bytes(size: number): Uint8Array
}

/** The host's source. */
export const systemRandom: Random = {
  bytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
}

/** An id of 128 random bits as unpadded base64url. */
export function randomId(random: Random): string {
  const base64 = btoa(String.fromCharCode(...random.bytes(16)))
  return base64.replace(/[+/=]/g, (char) => (char === '+' ? '-' : char === '/' ? '_' : ''))
}

/** A number from 0 up to, not including, 1. */
export function randomFraction(random: Random): number {
  const { buffer, byteOffset } = random.bytes(4)
  return new DataView(buffer, byteOffset, 4).getUint32(0) / 2 ** 32
}
