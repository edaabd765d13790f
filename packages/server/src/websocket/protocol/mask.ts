// The XOR masking of RFC 6455 §5.3, which is its own inverse.
import { kernel } from './kernel/kernel.ts'
import { rotateKey } from './kernel/mask-in-place.ts'

/**
 * Masks or unmasks `bytes` in place with the big-endian `key`. `phase` is how many bytes of the payload came
 * before these ones.
 */
export function applyMask(bytes: Uint8Array, key: number, phase = 0): void {
  kernel.mask(bytes, rotateKey(key, phase))
}
