// Masking in place, as each frame of a client needs it.
import { applyMask } from '../../packages/server/src/websocket/protocol/mask.ts'
import type { MicroCase } from './case.ts'

const KIB = 1024
const KEY = 0x1a2b3c4d

const sizes = [
  { label: '32 B', bytes: 32 },
  { label: '128 B', bytes: 128 },
  { label: '1 KiB', bytes: KIB },
  { label: '16 KiB', bytes: 16 * KIB },
  { label: '1 MiB', bytes: KIB * KIB },
]

export const cases: readonly MicroCase[] = sizes.map(({ label, bytes }) => ({
  name: label,
  unit: 'payload',
  units: 1,
  prepare: () => {
    // Behind a header of 6 or 8 bytes hardly any payload is aligned.
    const payload = new Uint8Array(bytes + 1).subarray(1)
    return () => applyMask(payload, KEY)
  },
}))
