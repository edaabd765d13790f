// The messages of the checks and what is expected of them.
import { randomBytes } from 'node:crypto'
import assert from 'node:assert/strict'
import type { Outcome, MessageSpec } from '../task.ts'

const KIB = 1024
const MIB = KIB * KIB

export const text = (unit: string, times = 1): MessageSpec => ({ type: 'text', unit, times })

export const binary = (hex: string, times = 1): MessageSpec => ({ type: 'binary', unit: hex, times })

export const HELLO: readonly MessageSpec[] = [text('Hello')]

/** All bytes there are. */
export const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('hex')

/** Bytes that no window of DEFLATE (32 KiB) has seen before. */
export const noise = (kibibytes: number): MessageSpec =>
  binary(randomBytes(64 * KIB).toString('hex'), Math.ceil(kibibytes / 64))

/** One, two, three and four bytes in UTF-8; what combines; a NUL, a BOM, the last code point. */
export const UNICODE = 'aé€😀 e\u0301 \u0000 \uFEFF \u{10FFFF} שלום 日本語 '

/** Around every border of the header (RFC 6455 §5.2), in both types. */
export const LENGTHS: readonly MessageSpec[] = [1, 125, 126, 127, 128, 65_535, 65_536, 65_537].flatMap(
  (length) => [text('a', length), binary('c3', length)],
)

/** A mebibyte of text, characters cut anywhere, and one of bytes. */
export const MEBIBYTES: readonly MessageSpec[] = [
  text('€uro😀s', Math.floor(MIB / 12)),
  binary(ALL_BYTES, MIB / 256),
]

/** Sixteen mebibytes. */
export const LARGE: readonly MessageSpec[] = [binary(ALL_BYTES, (16 * MIB) / 256)]

/** Ten thousand that all differ. */
export const MANY: readonly MessageSpec[] = Array.from({ length: 10_000 }, (_, index) =>
  index % 3 === 0 ? binary(index.toString(16).padStart(4, '0'), 3) : text(`message ${index} `, 2),
)

/** Lines that have most in common, and an id each. */
const EVENTS = Array.from(
  { length: 1000 },
  () => `{"type":"event","room":"lobby","user":"ada","id":"${randomBytes(4).toString('hex')}"}\n`,
).join('')

/** A third of a mebibyte that deflates as well as such lines do: by no more than our limit against bombs allows. */
export const COMPRESSIBLE = text(EVENTS, 5)

/** Every message came back as it was, and nothing else. */
export function expectEchoed({ echoed, mismatch }: Outcome, messages: readonly MessageSpec[]): void {
  assert.deepEqual({ echoed, mismatch }, { echoed: messages.length, mismatch: undefined })
}
