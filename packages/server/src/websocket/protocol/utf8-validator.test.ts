import { describe, expect, it } from 'vitest'
import { hex, utf8 } from '../../testing/websocket/hex.ts'
import { Utf8Validator } from './utf8-validator.ts'

/** Whether the bytes are one whole text, the same in one piece and byte by byte. */
function isText(bytes: Uint8Array): boolean {
  const [whole, bytewise] = [bytes.length || 1, 1].map((size) => {
    const validator = new Utf8Validator()
    let isValid = true
    for (let offset = 0; offset < bytes.length; offset += size) {
      isValid &&= validator.push(bytes.subarray(offset, offset + size))
    }
    return isValid && validator.isComplete
  })
  expect(bytewise).toBe(whole)
  return whole ?? false
}

describe('Utf8Validator (RFC 6455 §8.1, RFC 3629)', () => {
  it.each([
    ['nothing', ''],
    ['NUL', '\0'],
    ['all lengths', 'aé€😀'],
    ['a byte order mark', '\ufeffa'],
    ['noncharacters', '\uffff\ufdd0\u{10ffff}'],
    ['a long text', 'κόσμε, plain ASCII for a while, and again κόσμε. '.repeat(20)],
  ])('accepts %s', (_, text) => {
    expect(isText(utf8(text))).toBe(true)
  })

  it.each([
    ['an overlong NUL', 'c080'],
    ['an overlong slash', 'e08080'],
    ['overlong in four bytes', 'f0808080'],
    ['a surrogate', 'eda080'],
    ['beyond U+10FFFF', 'f4908080'],
    ['a lead byte of five', 'f888808080'],
    ['a stray continuation', '80'],
    ['a continuation that is a letter', 'c361'],
    ['FE', 'fe'],
    ['FF', 'ff'],
    ['a truncated end', 'f09f98'],
  ])('refuses %s', (_, digits) => {
    expect(isText(hex(digits))).toBe(false)
    const padding = utf8('x'.repeat(101))
    expect(isText(Buffer.concat([padding, hex(digits), padding]))).toBe(false)
  })

  it('refuses at the first byte that no continuation can mend', () => {
    const validator = new Utf8Validator()
    expect(validator.push(hex('ce ba e1 bd'))).toBe(true)
    expect(validator.push(hex('b9 f4'))).toBe(true)
    expect(validator.push(hex('90'))).toBe(false)
  })

  it('starts again on reset', () => {
    const validator = new Utf8Validator()
    validator.push(hex('e0'))
    validator.reset()
    expect(validator.push(hex('80'))).toBe(false)
    validator.reset()
    expect([validator.push(hex('c3 a9')), validator.isComplete]).toEqual([true, true])
  })
})
