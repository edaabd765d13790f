import { describe, expect, it } from 'vitest'
import { checkNames, describeValue } from './check-names.ts'

describe('checkNames', () => {
  it('refuses a name that is not known, and lists those that are', () => {
    expect(() => checkNames('connect', { path: '/', pth: 1 }, ['path', 'http2'])).toThrow(
      new TypeError('connect has no option "pth"; there are path, http2.'),
    )
  })

  it('does not mind what is undefined', () => {
    expect(() => checkNames('connect', { path: undefined, pth: undefined }, ['path'])).not.toThrow()
  })

  it.each([null, undefined, 'path', ['path'], 1, () => {}])('wants an object, not %o', (options) => {
    expect(() => checkNames('connect', options, ['path'])).toThrow(
      new TypeError(`connect takes an object of options, not ${describeValue(options)}.`),
    )
  })
})

describe('describeValue', () => {
  it.each([
    [NaN, 'NaN'],
    [10n, '10'],
    [Symbol('a'), 'Symbol(a)'],
    ['a', '"a"'],
    [null, 'null'],
    [undefined, 'undefined'],
    [{ perSecond: 1 }, '{"perSecond":1}'],
    [() => 1, 'a function'],
  ])('%o', (value, text) => {
    expect(describeValue(value)).toBe(text)
  })

  it('does not fail for what JSON has no form for', () => {
    const circular: unknown[] = []
    circular.push(circular)
    expect(describeValue(circular)).toBe('an object')
  })
})
