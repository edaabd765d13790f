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

/** A number from 0 up to, not including, 1: the bytes are its digits to the base of 256, the last one first. */
export function randomFraction(random: Random): number {
  return random.bytes(4).reduce((fraction, byte) => (fraction + byte) / 256, 0)
}
