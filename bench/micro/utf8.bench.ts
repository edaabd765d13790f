// Validating text.
import { Utf8Validator } from '../../packages/server/src/websocket/protocol/utf8-validator.ts'
import { expectCount, type MicroCase } from './case.ts'

const KIB = 1024

/** Whole characters, as many as fit, then full stops up to the size. */
function textOf(pattern: string, bytes: number): Uint8Array {
  const whole = Buffer.byteLength(pattern)
  return Buffer.from(pattern.repeat(Math.floor(bytes / whole)) + '.'.repeat(bytes % whole))
}

const texts = [
  { label: 'ASCII', pattern: 'The quick brown fox jumps. ' },
  { label: 'mixed', pattern: 'Grüße aus Köln, κόσμε 😀. ' },
]
const sizes = [
  { label: '128 B', bytes: 128 },
  { label: '16 KiB', bytes: 16 * KIB },
]

export const cases: readonly MicroCase[] = texts.flatMap((text) =>
  sizes.map((size) => ({
    name: `${text.label}, ${size.label}`,
    unit: 'text',
    units: 1,
    prepare: () => {
      const bytes = textOf(text.pattern, size.bytes)
      const validator = new Utf8Validator()
      return () => {
        validator.reset()
        expectCount('valid texts', Number(validator.push(bytes) && validator.isComplete), 1)
      }
    },
  })),
)
