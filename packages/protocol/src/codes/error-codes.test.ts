import { describe, expect, it } from 'vitest'
import { ERROR_CODES, isErrorCode } from './error-codes.ts'

describe('ERROR_CODES', () => {
  it('explain themselves in one sentence each, all different', () => {
    const messages = Object.values(ERROR_CODES).map(({ message }) => message)
    for (const message of messages) expect(message).toMatch(/^[A-Z].*\.$/)
    expect(new Set(messages).size).toBe(messages.length)
  })

  it('name the errors after which the same command may succeed', () => {
    const temporary = Object.entries(ERROR_CODES).filter(([, entry]) => entry.temporary)
    expect(temporary.map(([code]) => code)).toEqual([
      'rateLimited',
      'unavailable',
      'timeout',
      'disconnected',
      'queueFull',
    ])
  })
})

describe('isErrorCode', () => {
  it('knows the codes of the table and nothing that objects inherit', () => {
    expect(isErrorCode('forbidden')).toBe(true)
    for (const code of ['taken', '', 'constructor', '__proto__', 'toString']) {
      expect(isErrorCode(code), code).toBe(false)
    }
  })
})
