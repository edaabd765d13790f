// Keys that no one can predict (RFC 6455 §5.3, §10.3), drawn in batches: a call of the generator costs more than a key.
import { randomFillSync } from 'node:crypto'

const BATCH_SIZE = 256

const batch = new Uint32Array(BATCH_SIZE)
let used = BATCH_SIZE

/** The next masking key: 32 bits of the operating system's randomness, each used once. */
export function generateMaskingKey(): number {
  if (used === BATCH_SIZE) {
    randomFillSync(batch)
    used = 0
  }
  return batch[used++]!
}
