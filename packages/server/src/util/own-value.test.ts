import { describe, expect, it } from 'vitest'
import { ownValue } from './own-value.ts'

describe('ownValue', () => {
  it('finds what was put there, also under a name of the prototype', () => {
    expect(ownValue({ a: 1 }, 'a')).toBe(1)
    expect(ownValue({ toString: 2 }, 'toString')).toBe(2)
  })

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'b'])(
    'finds no %s that was not',
    (name) => {
      expect(ownValue({ a: 1 }, name)).toBeUndefined()
      expect(ownValue(undefined, name)).toBeUndefined()
    },
  )
})
